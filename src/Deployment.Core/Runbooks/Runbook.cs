using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Deployment.Json;
using Deployment.Migrations;
using Deployment.Releases;
using Deployment.Reports;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Runbooks;

/// <summary>
/// The plan of a run, as data: what is printed, hashed, approved and then followed. Two runbooks are equal when their hashes are.
/// </summary>
public sealed class Runbook : IEquatable<Runbook>
{
    private string? _hash;

    /// <summary>The version of this format.</summary>
    public int Format { get; init; } = 1;

    /// <summary>Why the run is made.</summary>
    public required RunKind Kind { get; init; }

    /// <summary>Why a run is made that nobody asked for, such as what an extended watch found; null for all others.</summary>
    public string? Reason { get; init; }

    /// <summary>The pipeline's name.</summary>
    public required string Pipeline { get; init; }

    /// <summary>The environment's name.</summary>
    public required string Environment { get; init; }

    /// <summary>The application's name.</summary>
    public required string Application { get; init; }

    /// <summary>What is brought; null when nothing is, or when several services get a release each (<see cref="Services"/>).</summary>
    public Release? Release { get; init; }

    /// <summary>The strategy's name.</summary>
    public required string Strategy { get; init; }

    /// <summary>Why that strategy.</summary>
    public required string StrategyReason { get; init; }

    /// <summary>What each service gets, in the order of their turns; null in a pipeline without services.</summary>
    public IReadOnlyList<ServicePlan>? Services { get; init; }

    /// <summary>What happens on each target.</summary>
    public required IReadOnlyList<RunTarget> Targets { get; init; }

    /// <summary>What targets said that the release would change there (<see cref="IShowChanges"/>); null where none does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public IReadOnlyList<TargetChanges>? Changes { get; init; }

    /// <summary>What the plan rests on. When any of it has moved, the plan is stale and is refused.</summary>
    public required IReadOnlyList<Fact> Basis { get; init; }

    /// <summary>What a person needs before the commands below can be typed.</summary>
    public IReadOnlyList<Prerequisite> Prerequisites { get; init; } = [];

    /// <summary>The steps.</summary>
    public required SequenceNode Root { get; init; }

    /// <summary>What a rollback does besides undoing steps, by target.</summary>
    public required IReadOnlyList<RollbackGuard> Rollback { get; init; }

    /// <summary>What makes the run go back by itself, as sentences.</summary>
    public required IReadOnlyList<string> Triggers { get; init; }

    /// <summary>What is done later as runs of their own.</summary>
    public IReadOnlyList<FollowUp> FollowUps { get; init; } = [];

    /// <summary>What is taken out of schemas afterwards, when no older release can come back; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public IReadOnlyList<PlannedContract>? Contracts { get; init; }

    /// <summary>What is watched on afterwards.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public IReadOnlyList<ExtendedWatch>? Watches { get; init; }

    /// <summary>Who does what: role to person.</summary>
    public IReadOnlyDictionary<string, string> Roles { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>What the environment's policy asks, as sentences; null where it has none, or where the run only goes back or tidies up.</summary>
    public IReadOnlyList<string>? Policy { get; init; }

    /// <summary>Why it is a hotfix, and what it leaves out; null when it is none.</summary>
    public HotfixNote? Hotfix { get; init; }

    /// <summary>Why the release comes although it was rolled back; null when it was not.</summary>
    public RolledBackNote? RolledBack { get; init; }

    /// <summary>SHA-256 of the canonical JSON, in lower-case hexadecimal. An approval is bound to it.</summary>
    [JsonIgnore]
    public string Hash => _hash ??= CanonicalJson.Hash(ToCanonicalJson());

    /// <summary>Every step, in the order of the tree.</summary>
    [JsonIgnore]
    public IEnumerable<RunbookStep> Steps => RunbookTree.StepsOf(Root);

    /// <summary>The first step that can't be undone; null when everything can.</summary>
    [JsonIgnore]
    public EffectStep? PointOfNoReturn => Steps.OfType<EffectStep>().FirstOrDefault(step => step.Undo.Kind == UndoKind.Impossible);

    /// <summary>Reads the JSON form.</summary>
    /// <param name="json">What <see cref="ToJson"/> gave.</param>
    /// <exception cref="DeploymentException">It is not a runbook of this format, or it was changed after it was written.</exception>
    public static Runbook FromJson(string json) => RunbookFile.Read(json);

    /// <summary>The JSON form, indented, with its hash.</summary>
    public string ToJson() => RunbookFile.Write(this);

    /// <summary>The form for people: what an on-call engineer reads, approves, and could carry out by hand.</summary>
    public string ToMarkdown() => RunbookReport.Write(this);

    /// <summary>Writes <c>deployment-plan.md</c> and <c>deployment-plan.json</c> into a folder, which is made if need be.</summary>
    public async Task SaveAsync(string folder, CancellationToken cancellationToken = default)
    {
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "deployment-plan.md"), ToMarkdown(), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "deployment-plan.json"), ToJson(), cancellationToken);
    }

    /// <inheritdoc/>
    public bool Equals(Runbook? other) => other is not null && Hash == other.Hash;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Runbook);

    /// <inheritdoc/>
    public override int GetHashCode() => Hash.GetHashCode(StringComparison.Ordinal);

    /// <summary>The versions that it brings, or looks at, for titles; empty when there is none.</summary>
    [JsonIgnore]
    internal string Versions => Kind == RunKind.Watch ? string.Join(", ", Targets.Select(target => target.Previous?.Version).OfType<string>().Distinct(StringComparer.Ordinal))
        : Services is null ? Release?.Version ?? "" : string.Join(", ", Services.Select(service => $"{service.Application} {service.Release.Version}"));

    /// <summary>What an application gets; null when it gets nothing.</summary>
    internal Release? ReleaseOf(string? application) => Services is null ? Release : Services.FirstOrDefault(service => service.Application == application)?.Release;

    /// <summary>The service that a target or a resource belongs to; null in a pipeline without services.</summary>
    internal ServicePlan? ServiceOf(string target) => Services?.FirstOrDefault(service => service.Targets.Contains(target));

    /// <summary>Whether services come one after the other, so that each goes back whole before the one that it needs.</summary>
    internal bool HasTurns() => Services?.Any(service => service.Turn > 1) == true;

    /// <summary>When the turn of a target is; 1 in a pipeline without services.</summary>
    internal int TurnOf(string target) => ServiceOf(target)?.Turn ?? 1;

    /// <summary>Tells the hash of a runbook that was just read from bytes with that hash, so that it need not be found out again.</summary>
    internal void IsKnownAs(string hash) => _hash = hash;

    internal byte[] ToCanonicalJson() => CanonicalJson.Of(this, CoreJson.Default.Runbook);
}
