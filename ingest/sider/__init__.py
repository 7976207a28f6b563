"""SIDER's tables: what the labels of a drug name as side effects, how often, and as indications."""
