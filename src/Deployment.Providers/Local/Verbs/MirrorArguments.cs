using Deployment.Targets;

namespace Deployment.Providers.Local.Verbs;

/// <summary>Who is to get copies of requests; null for nobody.</summary>
internal sealed record MirrorArguments
{
    public TrafficMirror? Mirror { get; set; }
}
