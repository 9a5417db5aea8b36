using System.Globalization;

namespace Deployment.Waves;

/// <summary>Some of a pipeline's targets, done before the next ones begin. A target that an earlier wave took is not taken again.</summary>
public sealed record Wave
{
    private Wave(WaveKind kind, string name)
    {
        Kind = kind;
        Name = name;
    }

    /// <summary>What people call it, such as <c>10%</c>.</summary>
    public string Name { get; init; }

    /// <summary>How many of its targets are done at once, at least 1; null for what <see cref="WavesOptions.MaxConcurrency"/> says.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>How many of its targets may fail before it stops everything; null for what <see cref="WavesOptions.MaxFailures"/> says.</summary>
    public int? MaxFailures { get; init; }

    /// <summary>How long the next wave waits after this one; null for what <see cref="WavesOptions.BakeTime"/> says. The last wave has none.</summary>
    public TimeSpan? BakeTime { get; init; }

    /// <summary>Who must approve before this wave begins, by role; null for nobody.</summary>
    public string? ApprovalBy { get; init; }

    internal WaveKind Kind { get; }

    internal IReadOnlyList<string> Names { get; private init; } = [];

    internal int Number { get; private init; }

    /// <summary>The targets with these names.</summary>
    public static Wave Of(params IReadOnlyList<string> targets)
    {
        ArgumentNullException.ThrowIfNull(targets);
        return new Wave(WaveKind.Names, targets.Count == 1 ? targets[0] : string.Create(CultureInfo.InvariantCulture, $"{targets.Count} named targets")) { Names = [.. targets] };
    }

    /// <summary>All targets that bear a tag.</summary>
    public static Wave Tagged(string tag) => new(WaveKind.Tag, tag) { Names = [tag] };

    /// <summary>The next few targets, in the order in which they were added.</summary>
    /// <param name="targets">How many, at least 1.</param>
    public static Wave Next(int targets) => new(WaveKind.Count, targets == 1 ? "one" : string.Create(CultureInfo.InvariantCulture, $"next {targets}")) { Number = targets };

    /// <summary>As many targets as it takes until this share of all is done, rounded up, in the order in which they were added. It is left out when earlier waves reached that already.</summary>
    /// <param name="percent">1 to 100.</param>
    public static Wave UpTo(int percent) => new(WaveKind.Percent, string.Create(CultureInfo.InvariantCulture, $"{percent}%")) { Number = percent };

    /// <summary>All that are left. It is left out when none is.</summary>
    public static Wave Rest() => new(WaveKind.Rest, "all");
}
