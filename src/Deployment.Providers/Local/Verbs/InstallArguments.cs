using System.Collections.Immutable;
using Deployment.Providers.Local.Protocol;
using Deployment.Providers.Local.Supervisor;
using Deployment.Releases;

namespace Deployment.Providers.Local.Verbs;

/// <summary>What a revision is run with, as the runbook shows it: secrets by name.</summary>
internal sealed record InstallArguments
{
    public required RevisionId Revision { get; init; }

    /// <summary>How it is run.</summary>
    public required InstallRequest Run { get; init; }

    /// <summary>The names of its secrets, by variable.</summary>
    public ImmutableSortedDictionary<string, string> Secrets { get; set; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <exception cref="DeploymentException">The release can't be run as a process.</exception>
    public static InstallArguments Of(Revision revision, LocalProcessOptions options, string currentFolder)
    {
        ArgumentNullException.ThrowIfNull(revision);
        Release release = revision.Release;
        var arguments = new InstallArguments
        {
            Revision = revision.Id,
            Secrets = release.Secrets.ToImmutableSortedDictionary(StringComparer.Ordinal),
            Run = new InstallRequest
            {
                Command = [.. release.Artifact.Command],
                WorkingFolder = release.Artifact.Location ?? (release.Artifact.Package is null ? currentFolder : InstancePlace.Release),
                Environment = release.Settings.ToImmutableSortedDictionary(StringComparer.Ordinal),
                Secrets = [.. release.Secrets.Keys.Order(StringComparer.Ordinal)],
                Instances = options.Instances,
                StartSeconds = options.StartTimeout.TotalSeconds,
                StopSeconds = options.StopGrace.TotalSeconds,
                Package = PackageOf(release.Artifact, options.Packages),
                Worker = (options as LocalWorkersOptions)?.Run,
                HealthPath = (options as LocalTargetOptions)?.Health.Path ?? (options as LocalInstancesOptions)?.HealthPath,
                HealthOverHttp2 = options is LocalTargetOptions { Health.Path: not null, Router.UpstreamProtocol: UpstreamProtocol.Http2 },
                Limits = options.Limits,
                Log = options.Log,
                KeptRevisions = options.Kept,
                FixedPort = options is LocalInstancesOptions,
            },
        };
        string[] problems = [.. arguments.Run.Problems()];
        return problems.Length > 0 ? throw new DeploymentValidationException($"The release {revision.Id}", problems) : arguments;
    }

    private static PackageSource? PackageOf(Artifact artifact, PackageLimits limits) => artifact.Package is null ? null : new PackageSource
    {
        Path = artifact.Package,
        Sha256 = artifact.Sha256,
        MaxEntries = limits.Entries,
        MaxBytes = limits.Bytes,
        MaxRatio = limits.Ratio,
        MinFreeBytes = limits.FreeBytes,
    };
}
