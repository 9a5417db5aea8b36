using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Deployment.Providers.Local.Supervisor;

namespace Deployment.Providers.Local.Protocol;

/// <summary>How a revision is run. It holds the names of secret variables, never their values.</summary>
internal sealed record InstallRequest
{
    public const int MostInstances = 64;

    /// <summary>Program and arguments; <c>{port}</c> stands for the instance's port.</summary>
    public required ImmutableArray<string> Command { get; init; }

    /// <summary>The folder it runs in, absolute; with a package also <c>{release}</c> or a folder in it.</summary>
    public required string WorkingFolder { get; init; }

    /// <summary>Its variables; <c>{port}</c> stands for the instance's port.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; set; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Variables whose values were put to the revision's secrets before.</summary>
    public ImmutableArray<string> Secrets { get; set; } = [];

    /// <summary>How many instances, 1 to 64.</summary>
    public int Instances { get; set; } = 1;

    /// <summary>How long an instance may take until it listens.</summary>
    public double StartSeconds { get; set; } = 30;

    /// <summary>How long an instance has between being asked to end and being killed.</summary>
    public double StopSeconds { get; set; } = 10;

    /// <summary>What is unpacked first, for <c>{release}</c>; null when the program is there already.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PackageSource? Package { get; set; }

    /// <summary>How a revision without a port is run; null for one with.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WorkerRun? Worker { get; set; }

    /// <summary>What one instance may take; null for all that there is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ResourceLimits? Limits { get; set; }

    /// <summary>How much output is kept; null for the defaults.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LogLimits? Log { get; set; }

    /// <summary>How many removed revisions of the target keep their files and logs; null for 5.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? KeptRevisions { get; set; }

    /// <summary>Asked by GET to find out whether an instance is ready; null to be content with a connection.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? HealthPath { get; set; }

    /// <summary>Whether it is asked in HTTP/2.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool HealthOverHttp2 { get; set; }

    /// <summary>Whether instances keep their ports whatever happens: a router that isn't this provider's own was told them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool FixedPort { get; set; }

    /// <summary>
    /// What makes another release of it, each in words; empty when both are the same. In how many instances, where, and within which limits it
    /// runs doesn't matter for that: the deployer of a later release may have other options, and its rollback means this very revision.
    /// </summary>
    public IEnumerable<string> DifferencesFrom(InstallRequest other)
    {
        (string What, bool Same)[] parts =
        [
            ("the command", Command.SequenceEqual(other.Command)),
            ("the settings", Environment.SequenceEqual(other.Environment)),
            ("the secrets", Secrets.Order(StringComparer.Ordinal).SequenceEqual(other.Secrets.Order(StringComparer.Ordinal))),
            ("the package", Package is null ? other.Package is null : other.Package is not null && Package.IsSame(other.Package)),
        ];
        return parts.Where(part => !part.Same).Select(part => part.What);
    }

    /// <summary>What is wrong with it.</summary>
    public IEnumerable<string> Problems()
    {
        // An explicit null gets past the reader's nullable annotations.
        if (WorkingFolder is null || Environment is null || Secrets.IsDefault)
        {
            yield return "The working folder, the environment and the secrets can't be null.";
            yield break;
        }

        if (Command.IsDefaultOrEmpty || string.IsNullOrWhiteSpace(Command[0]))
        {
            yield return "The command has no program.";
        }
        else if (Command.Any(argument => argument is null || argument.Contains('\0', StringComparison.Ordinal)))
        {
            yield return "An argument is null or has a NUL character in it.";
        }

        if (!IsFolder(WorkingFolder, Package is not null))
        {
            yield return "The working folder must be an absolute path, or {release} where there is a package.";
        }

        foreach (string problem in (Package?.Problems() ?? []).Concat(Worker?.Problems() ?? []).Concat(Limits?.Problems() ?? []).Concat(Log?.Problems() ?? []))
        {
            yield return problem;
        }

        if (KeptRevisions is < 1 or > 1000)
        {
            yield return $"{KeptRevisions} removed revisions can't be kept: take 1 to 1000.";
        }

        foreach (string variable in Environment.Keys.Concat(Secrets).Where(name => !IsVariable(name)))
        {
            yield return $"'{Releases.Naming.Printable(variable ?? "")}' can't be the name of an environment variable.";
        }

        if (Worker is null && Environment.Keys.Concat(Secrets).Contains(InstanceEnvironment.Port, StringComparer.Ordinal))
        {
            yield return "The setting PORT can't be set: each instance is told in it which port it is to listen on. Leave it out; other settings and arguments can have that port as {port}.";
        }

        if (Environment.Values.Any(value => value is null || value.Contains('\0', StringComparison.Ordinal)))
        {
            yield return "The value of a variable is null or has a NUL character in it.";
        }

        foreach (string problem in new HealthProbe { Path = HealthPath }.Problems())
        {
            yield return problem;
        }

        if (Instances is < 1 or > MostInstances)
        {
            yield return $"{Instances} instances can't be run: take 1 to {MostInstances}.";
        }

        if (StartSeconds is not (> 0 and <= 86_400) || StopSeconds is not (>= 0 and <= 86_400))
        {
            yield return "The time to start must be above 0 and the time to stop at least 0 seconds, both at most a day.";
        }
    }

    private static bool IsFolder(string folder, bool hasPackage) =>
        !folder.Contains('\0', StringComparison.Ordinal)
        && (Path.IsPathFullyQualified(folder)
            || (hasPackage && folder.StartsWith(InstancePlace.Release, StringComparison.Ordinal) && !folder.Split('/').Contains("..")));

    internal static bool IsVariable(string? name) =>
        !string.IsNullOrEmpty(name) && !name.Any(c => c == '=' || char.IsControl(c));
}
