using System.Globalization;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Testing;

/// <summary>Its instances, each in a slot. What takes all the traffic is in all slots; what shares it by weight is in none.</summary>
public sealed partial class FakeTarget
{
    private readonly List<int> _capacities = [];
    private SlotTable _slots = SlotTable.Empty;
    private int _instances = 1;

    /// <summary>How many instances it runs, 1 to 1000; default 1. Their slots are <c>1</c>, <c>2</c> and so on; as many can be filled besides, unless <see cref="Room"/> says otherwise.</summary>
    public int Instances
    {
        get => _instances;
        set => _instances = value is >= 1 and <= 1000 ? value : throw new ArgumentOutOfRangeException(nameof(Instances), value, "There must be 1 to 1000 instances.");
    }

    /// <summary>How many instances it can run besides; at least 0, default null: as many as <see cref="Instances"/>.</summary>
    public int? Room { get; set; }

    /// <summary>
    /// Called while slots are being replaced or emptied: what was in them has left the rotation and stopped, and what comes has not started. When it
    /// throws they stay empty.
    /// </summary>
    public Func<FakeEffect, CancellationToken, Task>? Halfway { get; set; }

    /// <summary>How many instances were in the rotation, after each time that some left or joined it, in order.</summary>
    public IReadOnlyList<int> Capacities
    {
        get
        {
            lock (_gate)
            {
                return [.. _capacities];
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Slots => Numbers(1, Instances);

    /// <inheritdoc/>
    public IReadOnlyList<string> SurgeSlots => Numbers(Instances + 1, Room ?? Instances);

    /// <inheritdoc/>
    Operation IReplaceInstances.Replace(IReadOnlyList<string> slots, Revision revision) => _verbs["replace"].Of(Name, new FakeArguments(Revision: revision, Slots: [.. slots]));

    /// <inheritdoc/>
    Operation IReplaceInstances.Vacate(IReadOnlyList<string> slots) => _verbs["vacate"].Of(Name, new FakeArguments(Slots: [.. slots]));

    internal Task HalfwayAsync(FakeEffect effect, CancellationToken cancellationToken) => Halfway?.Invoke(effect, cancellationToken) ?? Task.CompletedTask;

    private static IReadOnlyList<string> Numbers(int first, int count) => [.. Enumerable.Range(first, count).Select(number => number.ToString(CultureInfo.InvariantCulture))];

    /// <summary>What has the revision already stays.</summary>
    private void Leave(FakeArguments arguments)
    {
        lock (_gate)
        {
            if (!_traffic.IsEmpty && _slots.Count == 0)
            {
                throw new DeploymentException($"The revisions on {Name} share the traffic by weight, not by instances.");
            }

            Occupy(_slots.Without([.. arguments.Slots!.Where(slot => arguments.Revision is null || _slots.In(slot) != arguments.Revision.Id)]));
        }
    }

    private void Join(FakeArguments arguments)
    {
        lock (_gate)
        {
            if (arguments.Revision is { } revision)
            {
                _revisions[revision.Id.ToString()] = revision;
                Occupy(_slots.With(arguments.Slots!, revision.Id));
            }
        }
    }

    private bool AreIn(FakeArguments arguments) => arguments.Slots!.All(slot => _slots.In(slot) == arguments.Revision?.Id);

    private void Occupy(SlotTable slots)
    {
        foreach (RevisionId gone in _slots.Revisions.Except(slots.Revisions))
        {
            _revisions.Remove(gone.ToString());
            _testers = _testers == gone ? null : _testers;
        }

        if (!_slots.Equals(slots))
        {
            _capacities.Add(slots.Count);
        }

        _slots = slots;
        if (!_traffic.Equals(slots.Traffic))
        {
            _traffic = slots.Traffic;
            _splits.Add(_traffic);
        }

        EndMirrorIfMoot();
    }

    /// <summary>All slots are of what takes all the traffic; those that were besides are none of it.</summary>
    private void GiveSlots() => _slots = _traffic.Shares is [{ Value: 100 } all] ? SlotTable.Empty.With(Slots, all.Key) : SlotTable.Empty;
}
