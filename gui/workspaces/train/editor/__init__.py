"""The network editor: a list of layers beside the settings of the chosen one; what is edited is what Train trains."""
