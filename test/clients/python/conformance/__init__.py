"""Each file calls the operations of one subject, and looks at the models that the SDK decodes from the answers."""
