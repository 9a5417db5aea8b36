using Deployment.Targets;

namespace Deployment.Planning;

/// <summary>Which of the strategies that come with this library a target could carry, for error messages.</summary>
internal static class KnownStrategies
{
    internal static IEnumerable<string> CarriedBy(DeploymentTarget target, Observation seen)
    {
        if (target.Capability<IUpdateInPlace>(seen) is not null)
        {
            yield return "recreate";
        }

        if (target.Capability<IReplaceInstances>(seen) is not null)
        {
            yield return "rolling";
        }

        if (target.Capability<IHostRevisions>(seen) is not null && target.Capability<ISplitTraffic>(seen) is { } router)
        {
            yield return "blue-green";
            if (router.Limits.Splits)
            {
                yield return "canary";
            }
        }

        if (target.Capability<IHostRevisions>(seen) is not null && target.Capability<IMirrorTraffic>(seen) is not null)
        {
            yield return "shadow";
        }
    }
}
