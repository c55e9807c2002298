"""How a proof is drawn: a scene, the references in place, the placement's guides, and the slug with the words."""
