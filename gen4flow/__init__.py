"""gen4flow: a declarative batch pipeline for images.

A recipe in YAML becomes a priced plan, the plan becomes paid predictions, the predictions become checked
images and a manifest; running it again buys nothing.
"""

__version__ = "0.1.0"
