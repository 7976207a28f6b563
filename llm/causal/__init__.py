"""Any causal language model by its folder: fine-tuned on conversations, checked, merged and written as GGUF."""
