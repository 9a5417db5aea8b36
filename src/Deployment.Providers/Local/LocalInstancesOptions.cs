using Deployment.Providers.Local.Protocol;
using Deployment.Releases;
using Deployment.Routing;

namespace Deployment.Providers.Local;

/// <summary>How a <see cref="LocalInstances"/> target runs its releases. What users meet, such as time-outs and TLS, is said to the router.</summary>
public sealed class LocalInstancesOptions : LocalProcessOptions
{
    /// <summary>
    /// A path that a new instance is asked by GET, in HTTP/1.1, before it is ready: well is an answer from 200 to 399. Once it serves, its health is the
    /// router's business. Default null: it is ready when it accepts connections.
    /// </summary>
    public string? HealthPath { get; set; }

    internal IEnumerable<string> Problems(string? name, ITrafficRouter router)
    {
        if (Naming.Problem("target", name) is { } problem)
        {
            yield return problem;
        }

        foreach (string other in ProcessProblems().Concat(new HealthProbe { Path = HealthPath }.Problems()))
        {
            yield return other;
        }

        if (Instances > router.MaxInstances)
        {
            yield return $"{router.Name} takes {router.MaxInstances} instances of a revision, and Instances is {Instances}.";
        }
    }
}
