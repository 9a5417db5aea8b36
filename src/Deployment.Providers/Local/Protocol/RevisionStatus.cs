using System.Collections.Immutable;

namespace Deployment.Providers.Local.Protocol;

/// <summary>One revision, as seen at this moment.</summary>
/// <param name="Installed">False while its installation goes on or was broken off.</param>
/// <param name="Instances">Its slots.</param>
internal sealed record RevisionStatus(bool Installed, ImmutableArray<InstanceStatus> Instances)
{
    /// <summary>Whether it has no port and runs only while it is on duty.</summary>
    public bool Worker { get; set; }

    /// <summary>How many instances are to run: those that it was installed with, or those in the slots that it has.</summary>
    public int Wanted { get; set; }

    public int Running => Instances.Count(instance => instance.Running);
}
