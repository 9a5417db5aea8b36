using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Deployment.Json;

namespace Deployment.Releases;

/// <summary>
/// One version of an application with its artifact and settings. The same version with other settings is another revision.
/// </summary>
public sealed record Release
{
    private readonly string _application = "";
    private readonly string _version = "";
    private readonly IReadOnlyDictionary<string, string>? _requirements;
    private readonly string? _tag;

    /// <summary>The application's name: 1 to 63 letters, digits, '.' or '-'.</summary>
    /// <exception cref="DeploymentException">The name can't be used.</exception>
    public required string Application { get => _application; init => _application = Naming.Check("application", value); }

    /// <summary>The version, by Semantic Versioning 2.0.0.</summary>
    /// <exception cref="DeploymentException">It is not a semantic version.</exception>
    public required string Version { get => _version; init => _version = SemanticVersion.Check(value); }

    /// <summary>What is installed.</summary>
    public required Artifact Artifact { get; init; }

    /// <summary>Settings that the release runs with, as environment variables; printed in the plan, so never secrets.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Environment variables whose values are secrets: variable to secret name. Only names are ever written down.</summary>
    public IReadOnlyDictionary<string, string> Secrets { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>What other applications it needs: application to range of versions; null when none. See <see cref="Requires"/>.</summary>
    /// <exception cref="DeploymentException">A name or a range can't be used.</exception>
    public IReadOnlyDictionary<string, string>? Requirements { get => _requirements; init => _requirements = CheckedRequirements(value); }

    /// <summary>The commit that it was built from, if known.</summary>
    public string? Commit { get; init; }

    /// <summary>
    /// The tag that marks the commit as a release, such as <c>v2.4.0</c>: 1 to 120 characters on one line; null where there is none. Give it where
    /// the tag is what was built: an environment may take tagged releases only.
    /// </summary>
    /// <exception cref="DeploymentException">The tag can't be used.</exception>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Tag { get => _tag; init => _tag = value is null ? null : Title.Check("tag", value); }

    /// <summary>Notes for people.</summary>
    public string? Notes { get; init; }

    /// <summary>
    /// What its artifacts are known by, in lower-case hexadecimal: SHA-256 over the application, the artifact's kind, command and folder, and the
    /// SHA-256 of its archive or its image's digest. Versions, settings and where the archive or the image lies make no difference. Where the artifact has no SHA-256 nobody knows what
    /// is in it; its path and the version stand in for that, and environments that take only what passed another one refuse it.
    /// </summary>
    [JsonIgnore]
    public string Digest => CanonicalJson.Hash(CanonicalJson.Of(ReleaseIdentity.Of(this), CoreJson.Default.ReleaseIdentity));

    /// <summary>Creates a release.</summary>
    /// <exception cref="DeploymentException">The name or the version can't be used.</exception>
    public static Release Of(string application, string version, Artifact artifact)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        return new Release { Application = application, Version = version, Artifact = artifact };
    }

    /// <summary>The same release with one more setting.</summary>
    public Release WithSetting(string variable, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return this with { Settings = With(Settings, variable, value) };
    }

    /// <summary>The same release with one more secret, given by the name that the secret store knows it by.</summary>
    public Release WithSecret(string variable, string secretName)
    {
        ArgumentException.ThrowIfNullOrEmpty(secretName);
        return this with { Secrets = With(Secrets, variable, secretName) };
    }

    /// <summary>
    /// The same release, which goes together with certain versions of another application alone. A pipeline of several services brings that one
    /// first, and refuses a plan in which this release would at any moment meet another version.
    /// </summary>
    /// <param name="application">The other application.</param>
    /// <param name="range">
    /// An interval in NuGet's notation, such as <c>[2.1,3.0)</c>: from 2.1.0, without 3.0.0 and its pre-releases. A plain <c>2.1</c> is 2.1.0 and
    /// above. Default any version.
    /// </param>
    /// <exception cref="DeploymentException">The name or the range can't be used, or it is the release's own application.</exception>
    public Release Requires(string application, string range = VersionDemand.Any)
    {
        Naming.Check("application", application);
        if (application == Application)
        {
            throw new DeploymentException($"{Application} {Version} can't require {application}: that is itself.");
        }

        return this with { Requirements = ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, Requirements ?? ImmutableSortedDictionary<string, string>.Empty).SetItem(application, range) };
    }

    private static ImmutableSortedDictionary<string, string>? CheckedRequirements(IReadOnlyDictionary<string, string>? requirements)
    {
        foreach ((string application, string range) in requirements ?? ImmutableSortedDictionary<string, string>.Empty)
        {
            if ((Naming.Problem("application", application) ?? VersionDemand.Problem(range)) is { } problem)
            {
                throw new DeploymentException($"A release can't require {Naming.Printable(application)}: {problem}");
            }
        }

        return requirements is null ? null : ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, requirements);
    }

    private static ImmutableSortedDictionary<string, string> With(IReadOnlyDictionary<string, string> all, string variable, string value)
    {
        if (string.IsNullOrEmpty(variable) || variable.AsSpan().IndexOfAny('=', '\0') >= 0 || variable.Any(char.IsControl))
        {
            throw new DeploymentException($"'{Naming.Printable(variable ?? "")}' can't be the name of an environment variable: it must not be empty or contain '=' or a control character.");
        }

        return ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, all).SetItem(variable, value);
    }
}
