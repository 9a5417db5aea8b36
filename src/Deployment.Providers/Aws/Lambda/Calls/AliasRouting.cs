namespace Deployment.Providers.Aws.Lambda.Calls;

/// <summary>The second version of an alias with its share, 0 to 1. An empty table takes the second one away.</summary>
internal sealed record AliasRouting(Dictionary<string, double>? AdditionalVersionWeights);
