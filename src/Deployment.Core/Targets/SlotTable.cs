using System.Globalization;
using Deployment.Releases;

namespace Deployment.Targets;

/// <summary>Which revision answers in which slot of a target that replaces instances (<see cref="IReplaceInstances"/>). Empty slots are not in it.</summary>
public sealed class SlotTable : IEquatable<SlotTable>
{
    private readonly SortedDictionary<string, RevisionId> _slots = new(NaturalOrder.Instance);

    /// <summary>Creates a table.</summary>
    /// <param name="slots">Slots with the revision in each.</param>
    /// <exception cref="DeploymentException">A slot is named twice, or its name isn't 1 to 63 letters, digits, '.' or '-'.</exception>
    public SlotTable(IEnumerable<KeyValuePair<string, RevisionId>> slots)
    {
        ArgumentNullException.ThrowIfNull(slots);
        foreach ((string slot, RevisionId revision) in slots)
        {
            if (!_slots.TryAdd(Naming.Check("slot", slot), revision))
            {
                throw new DeploymentException($"The slot {slot} is named twice.");
            }
        }
    }

    /// <summary>No slot is filled.</summary>
    public static SlotTable Empty { get; } = new([]);

    /// <summary>How many slots are filled.</summary>
    public int Count => _slots.Count;

    /// <summary>The filled slots, in order: <c>2</c> stands before <c>10</c>.</summary>
    public IReadOnlyList<string> Names => [.. _slots.Keys];

    /// <summary>The revisions in the slots, each once, in the order of the slots.</summary>
    public IReadOnlyList<RevisionId> Revisions => [.. _slots.Values.Distinct()];

    /// <summary>
    /// The shares that follow from it, in whole percent: requests are spread evenly, so each revision has the share of its slots, rounded so that
    /// they add up to 100 (by the largest remainder; of equal ones the slot that comes first).
    /// </summary>
    public TrafficSplit Traffic
    {
        get
        {
            int total = _slots.Count;
            (RevisionId Revision, int Slots)[] held = [.. _slots.Values.GroupBy(revision => revision).Select(same => (same.Key, same.Count()))];
            int left = 100 - held.Sum(revision => 100 * revision.Slots / Math.Max(1, total));
            HashSet<RevisionId> roundedUp = [.. held.OrderByDescending(revision => 100 * revision.Slots % total).Take(left).Select(revision => revision.Revision)];
            return new TrafficSplit(held.Select(revision => KeyValuePair.Create(revision.Revision, (100 * revision.Slots / total) + (roundedUp.Contains(revision.Revision) ? 1 : 0))));
        }
    }

    /// <summary>What is in a slot; null when it is empty.</summary>
    public RevisionId? In(string slot)
    {
        ArgumentNullException.ThrowIfNull(slot);
        return _slots.GetValueOrDefault(slot);
    }

    /// <summary>The slots of a revision, in order.</summary>
    public IReadOnlyList<string> Of(RevisionId revision) => [.. _slots.Where(slot => slot.Value == revision).Select(slot => slot.Key)];

    /// <summary>The table when a revision has been put into slots.</summary>
    public SlotTable With(IReadOnlyCollection<string> slots, RevisionId revision)
    {
        ArgumentNullException.ThrowIfNull(slots);
        ArgumentNullException.ThrowIfNull(revision);
        return new SlotTable(Without(slots)._slots.Concat(slots.Select(slot => KeyValuePair.Create(slot, revision))));
    }

    /// <summary>The table when slots have been emptied.</summary>
    public SlotTable Without(IReadOnlyCollection<string> slots)
    {
        ArgumentNullException.ThrowIfNull(slots);
        return new SlotTable(_slots.Where(slot => !slots.Contains(slot.Key)));
    }

    /// <inheritdoc/>
    public bool Equals(SlotTable? other) => other is not null && _slots.SequenceEqual(other._slots);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SlotTable);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <summary>Such as <c>1=shop_1.1.0_1,2=shop_1.0.0_1</c>, or <c>none</c>.</summary>
    public override string ToString() => Count == 0 ? "none" : string.Join(',', _slots.Select(slot => $"{slot.Key}={slot.Value}"));

    /// <summary>Reads the text form; null when it is none.</summary>
    internal static SlotTable? Parse(string text)
    {
        if (text == "none")
        {
            return Empty;
        }

        List<KeyValuePair<string, RevisionId>> slots = [];
        foreach (string[] slot in text.Split(',').Select(slot => slot.Split('=')))
        {
            if (slot.Length != 2 || !RevisionId.TryParse(slot[1], out RevisionId? revision))
            {
                return null;
            }

            slots.Add(KeyValuePair.Create(slot[0], revision));
        }

        return new SlotTable(slots);
    }

    /// <summary>Whether it can be seen while one table becomes another: each slot is as before, as after, or empty where it differs.</summary>
    internal bool IsBetween(SlotTable before, SlotTable after) => _slots.Keys.Union(before._slots.Keys).Union(after._slots.Keys).All(slot =>
        In(slot) is var seen && (seen == before.In(slot) || seen == after.In(slot) || (seen is null && before.In(slot) != after.In(slot))));

    private sealed class NaturalOrder : IComparer<string>
    {
        internal static readonly NaturalOrder Instance = new();

        /// <summary>Numbers by their value, before all other names.</summary>
        public int Compare(string? x, string? y)
        {
            (bool isNumber, ulong left) = Number(x);
            (bool otherIsNumber, ulong right) = Number(y);
            return isNumber != otherIsNumber ? otherIsNumber.CompareTo(isNumber)
                : left != right ? left.CompareTo(right)
                : string.CompareOrdinal(x, y);
        }

        private static (bool Is, ulong Value) Number(string? name) => ulong.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? (true, value) : (false, 0);
    }
}
