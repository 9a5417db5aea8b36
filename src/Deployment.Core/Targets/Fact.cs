using Deployment.Releases;

namespace Deployment.Targets;

/// <summary>
/// One thing about a target that a plan rests on, with the value that it had. Execution compares it again and refuses a stale plan.
/// </summary>
/// <param name="Target">The target's name.</param>
/// <param name="Name"><see cref="Traffic"/>, <see cref="Slots"/>, <see cref="Mirror"/>, a name made by <see cref="OfRevision"/>, <see cref="OfFlag"/> or <see cref="OfMigration"/>, or a property of the observation.</param>
/// <param name="Value">The value as a text.</param>
public sealed record Fact(string Target, string Name, string Value)
{
    private const string RevisionPrefix = "revision:";
    private const string FlagPrefix = "flag:";
    private const string MigrationPrefix = "migration:";

    /// <summary>The name of the fact who takes the traffic; its value is the split's text form.</summary>
    public const string Traffic = "traffic";

    /// <summary>The name of the fact which revision answers in which slot; its value is the table's text form (<see cref="SlotTable"/>).</summary>
    public const string Slots = "slots";

    /// <summary>The name of the fact which revision gets copies of the users' requests; its value is the mirror's text form (<see cref="TrafficMirror"/>), or <c>none</c>.</summary>
    public const string Mirror = "mirror";

    /// <summary>The value of a revision that stands.</summary>
    public const string Present = "present";

    /// <summary>The value of a revision that doesn't stand.</summary>
    public const string Absent = "absent";

    /// <summary>The name of the fact whether a revision stands.</summary>
    public static string OfRevision(RevisionId revision) => RevisionPrefix + revision;

    /// <summary>The name of the fact how a feature flag is defined; the observation of its resource has it as a property.</summary>
    public static string OfFlag(string flag) => FlagPrefix + flag;

    /// <summary>The name of the fact whether a database has a migration; its value is the checksum of what was applied, or empty.</summary>
    public static string OfMigration(string migration) => MigrationPrefix + migration;

    internal static string? MigrationOf(string name) => name.StartsWith(MigrationPrefix, StringComparison.Ordinal) ? name[MigrationPrefix.Length..] : null;

    internal static bool IsFlag(string name) => name.StartsWith(FlagPrefix, StringComparison.Ordinal);

    internal static RevisionId? RevisionOf(string name) =>
        name.StartsWith(RevisionPrefix, StringComparison.Ordinal) && RevisionId.TryParse(name[RevisionPrefix.Length..], out RevisionId? id) ? id : null;
}
