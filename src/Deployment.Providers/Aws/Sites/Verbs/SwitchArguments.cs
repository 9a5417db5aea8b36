using Deployment.Targets;

namespace Deployment.Providers.Aws.Sites.Verbs;

/// <summary>A switch of the distribution.</summary>
/// <param name="Split">Who is served afterwards.</param>
/// <param name="Seen">The origin's path when it was planned: what a first deployment goes back to.</param>
internal sealed record SwitchArguments(TrafficSplit Split, string Seen);
