using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda.Verbs;

/// <param name="Split">Who gets which share.</param>
/// <param name="NeedsProvisionedConcurrency">Whether a version of the target's own must have its provisioned concurrency before it gets traffic.</param>
internal sealed record RouteArguments(TrafficSplit Split, bool NeedsProvisionedConcurrency);
