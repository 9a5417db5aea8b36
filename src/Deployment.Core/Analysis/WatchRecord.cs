using Deployment.Health;

namespace Deployment.Analysis;

/// <summary>What a verdict rests on: everything that was seen, at which looks. It is kept as a blob, so that it can be judged again.</summary>
internal sealed record WatchRecord
{
    public required CheckSubject Subject { get; init; }

    /// <summary>The last shift of traffic.</summary>
    public required DateTimeOffset Since { get; init; }

    public required IReadOnlyList<DateTimeOffset> Looks { get; init; }

    public required IReadOnlyList<WatchSeries> Series { get; init; }

    /// <summary>The rules in words, with what each was found to be at the end.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    /// <summary>The verdict in words.</summary>
    public required string Verdict { get; init; }
}
