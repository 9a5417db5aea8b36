using System.Collections.Immutable;
using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Router;

/// <summary>A revision in the active table: its counters and its instances, taken in turn.</summary>
internal sealed class Lane(RevisionTraffic traffic, ImmutableArray<Instance> instances, UpstreamSettings? upstream = null)
{
    public RevisionTraffic Traffic { get; } = traffic;

    /// <summary>How its instances are spoken to.</summary>
    public UpstreamSettings Upstream { get; } = upstream ?? UpstreamSettings.Default;

    public ImmutableArray<Instance> Instances => instances;

    /// <summary>Whose turn it is. Counted across tables.</summary>
    public uint Turn() => Traffic.Turn();

    /// <summary>Counts a request as in flight here and on the instance whose turn it is.</summary>
    public Visit Enter()
    {
        uint turn = Turn();
        Instance instance = Of(turn, 0);
        Traffic.Enter();
        instance.Enter();
        return new Visit(this, turn, instance);
    }

    /// <summary>
    /// The instance for an attempt of a turn: healthy ones first and the others after them. An instance that fails its probes may
    /// still answer, and where all fail there is nothing better to do than to try.
    /// </summary>
    public Instance Of(uint turn, int attempt)
    {
        foreach (bool healthy in (ReadOnlySpan<bool>)[true, false])
        {
            for (uint place = 0; place < instances.Length; place++)
            {
                Instance instance = instances[(int)((turn + place) % (uint)instances.Length)];
                if (instance.IsHealthy == healthy && attempt-- == 0)
                {
                    return instance;
                }
            }
        }

        // The health of one changed between the two rounds.
        return instances[(int)(turn % (uint)instances.Length)];
    }
}
