using System.Collections.Immutable;

namespace Deployment.Providers.Local.Router;

/// <summary>A revision in the active table: its counters and its instances, taken in turn.</summary>
internal sealed class Lane(RevisionTraffic traffic, ImmutableArray<Uri> instances)
{
    private int _turns = -1;

    public RevisionTraffic Traffic { get; } = traffic;

    public int Instances => instances.Length;

    public Uri NextInstance() => instances[(int)((uint)Interlocked.Increment(ref _turns) % (uint)instances.Length)];
}
