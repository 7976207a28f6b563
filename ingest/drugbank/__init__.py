"""The full DrugBank XML, one drug at a time."""
