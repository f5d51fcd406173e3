"""What docs/extending.md adds, each as the file or the lines that it takes, and the test that carries it out."""
