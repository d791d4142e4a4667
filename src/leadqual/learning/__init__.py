"""Points learned from the outcomes of a company's own contacts, and how well they rank."""
