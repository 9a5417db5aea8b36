namespace Deployment.Benchmarks;

/// <summary>Says why nothing can be measured, for whoever started it.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
