namespace Deployment.Providers.Local.Router;

/// <summary>What the router took away from the path of a request.</summary>
internal sealed record StrippedPrefix(string Prefix);
