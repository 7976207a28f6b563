"""Chat models: Cypher for questions that no form covers, and words for its rows. Nothing here believes what a model
says.
"""
