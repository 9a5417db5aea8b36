[assembly: Category("Aws")]
