using System.Collections.Immutable;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Router;

/// <summary>A revision in the active table: its counters and its instances, taken in turn.</summary>
internal sealed class Lane(RevisionTraffic traffic, ImmutableArray<Uri> instances, UpstreamSettings? upstream = null)
{
    private int _turns = -1;

    public RevisionTraffic Traffic { get; } = traffic;

    /// <summary>How its instances are spoken to.</summary>
    public UpstreamSettings Upstream { get; } = upstream ?? UpstreamSettings.Default;

    public int Instances => instances.Length;

    public Uri NextInstance() => instances[(int)((uint)Interlocked.Increment(ref _turns) % (uint)instances.Length)];
}
