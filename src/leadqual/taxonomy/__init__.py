"""The words of network marketing: articles, vocabulary, stages, facts, transitions."""
