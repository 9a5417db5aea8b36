using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>What it keeps of what was done to it, for tests to look at; and whom it obeys no longer.</summary>
public sealed partial class FakeTarget
{
    private readonly List<FakeEffect> _effects = [];
    private readonly List<TrafficSplit> _splits = [];
    private readonly List<string> _cuts = [];
    private long _epoch;
    private int _begun;

    /// <summary>The effects that took place, in order, as text.</summary>
    public IReadOnlyList<string> Transcript
    {
        get
        {
            lock (_gate)
            {
                return [.. _effects.Select(effect => effect.Text)];
            }
        }
    }

    /// <summary>Every traffic split that there ever was, in order.</summary>
    public IReadOnlyList<TrafficSplit> Splits
    {
        get
        {
            lock (_gate)
            {
                return [.. _splits];
            }
        }
    }

    /// <summary>
    /// What broke off requests in flight, in order, such as <c>update cut shop_1.0.0_1</c>. Whatever takes traffic has requests in flight;
    /// <c>route</c> lets them finish on a revision that loses its share, and what stops a revision before that cuts them.
    /// </summary>
    public IReadOnlyList<string> Cuts
    {
        get
        {
            lock (_gate)
            {
                return [.. _cuts];
            }
        }
    }

    internal FakeEffect Begin(string verb, string text, long epoch)
    {
        lock (_gate)
        {
            if (epoch < _epoch)
            {
                throw new DeploymentException($"{Name} has seen epoch {_epoch} and refuses {epoch}.");
            }

            _epoch = epoch;
            return new FakeEffect(++_begun, verb, text);
        }
    }

    internal void Done(FakeEffect effect)
    {
        lock (_gate)
        {
            _effects.Add(effect);
        }
    }

    /// <summary>An update that is repeated finds its own revision serving, and leaves it alone.</summary>
    private void CutAllBut(RevisionId? kept, string verb) =>
        _cuts.AddRange(_traffic.Shares.Select(share => share.Key).Where(revision => revision != kept).Select(revision => $"{verb} cut {revision}"));
}
