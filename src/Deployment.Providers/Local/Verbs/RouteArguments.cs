using Deployment.Targets;

namespace Deployment.Providers.Local.Verbs;

/// <summary>The split to switch to.</summary>
internal sealed record RouteArguments(TrafficSplit Split);
