namespace Deployment.Testing;

internal sealed record FakeFlag(string[] Users, SortedDictionary<string, double> Groups, double Percent);
