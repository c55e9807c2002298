"""What an author of recipes sees in an editor, asked of the language server that editors run."""
