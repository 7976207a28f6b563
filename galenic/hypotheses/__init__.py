"""Hypotheses: which drugs may treat which diseases, ranked, with what each rank rests on."""
