using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Providers.Aws.Lambda.Code;
using Deployment.Providers.Aws.Lambda.Metrics;
using Deployment.Providers.Aws.Lambda.Verbs;
using Deployment.Providers.Aws.Lambda.Versions;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda;

/// <summary>
/// Brings releases (<see cref="LambdaCode"/>, <see cref="Artifact.Image"/>) to an AWS Lambda function as versions, and splits the traffic of an alias between them.
/// A revision is found by the description of its version, which never changes. The function must stand, with its role; the alias is made where it doesn't.
/// </summary>
public sealed partial class LambdaTarget : DeploymentTarget, IHostRevisions, IUpdateInPlace, ISplitTraffic, IReachRevisions, IInvokeRevisions, IPinArtifacts, ITidyUp
{
    private readonly LambdaOperations _lambda;
    private readonly AwsAccess _access;
    private readonly FunctionMetrics _metrics;
    private readonly InstallVerb _install;
    private readonly RemoveVerb _remove;
    private readonly RouteVerb _route;
    private readonly UpdateVerb _update;
    private readonly ClearVerb _clear;

    private LambdaTarget(string name, string function, string alias, LambdaTargetOptions options, AwsAccess access, ILambda api, ICloudWatch watch)
        : base(name)
    {
        _access = access;
        var packages = new CodePackages(access, options.PackageFolder);
        var place = new LambdaPlace(name, function, alias, api);
        var lines = new LambdaLines(name, function, alias, options.Aws, packages.PathOf);
        _lambda = new LambdaOperations(place, packages, lines, options);
        _metrics = new FunctionMetrics(place, watch, lines, options.Aws);
        _install = new InstallVerb(_lambda);
        _remove = new RemoveVerb(_lambda);
        _route = new RouteVerb(_lambda);
        _update = new UpdateVerb(_lambda);
        _clear = new ClearVerb(_lambda);
        Verbs = [_install, _remove, _route, _update, _clear];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Verb> Verbs { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Prerequisite> Prerequisites =>
        [new($"The aws tool must be installed here and may change the function {_lambda.Place.Function}{(_lambda.Options.Aws.Role is { } role ? $", as {role}" : "")}.", [_lambda.Lines.Caller()])];

    /// <summary>Two versions in whole percents. Each request is dealt out at random, so a user doesn't stay with one.</summary>
    public TrafficLimits Limits { get; } = new(1, 2);

    /// <summary>An alias of a function.</summary>
    /// <param name="function">The function's name.</param>
    /// <param name="alias">The alias that users call.</param>
    /// <param name="name">The target's name: 1 to 63 letters, digits, '.' or '-'. Versions bear it, so it stays what it is.</param>
    /// <param name="configure">Sets the options; null for their defaults.</param>
    /// <exception cref="DeploymentValidationException">Something can't be used; every error is reported.</exception>
    public static LambdaTarget Alias(string function, string alias, string name, Action<LambdaTargetOptions>? configure = null) =>
        Alias(function, alias, name, configure, access => new LambdaClient(access), access => new CloudWatchClient(access));

    internal static LambdaTarget Alias(string function, string alias, string name, Action<LambdaTargetOptions>? configure, Func<AwsAccess, ILambda> api, Func<AwsAccess, ICloudWatch> watch)
    {
        var given = new LambdaTargetOptions();
        configure?.Invoke(given);
        string[] problems = [.. given.Problems(function, alias, name)];
        if (problems.Length > 0)
        {
            throw new DeploymentValidationException($"The Lambda target '{Naming.Printable(name ?? "")}'", problems);
        }

        LambdaTargetOptions options = given.Copy();
        var access = new AwsAccess(options.Aws);
        return new LambdaTarget(name, function, alias, options, access, api(access), watch(access));
    }

    /// <inheritdoc/>
    public override Task<Observation> ObserveAsync(CancellationToken cancellationToken) => new LambdaObservation(_lambda.Place).LookAsync(cancellationToken);

    /// <summary>The capability. Where the version that users have has another role or dead-letter queue than a new one will have, traffic can be switched and not shared.</summary>
    public override T? Capability<T>(Observation seen)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(seen);
        return typeof(T) == typeof(IHostRevisions) || typeof(T) == typeof(IUpdateInPlace) || typeof(T) == typeof(ISplitTraffic) ? new SeenLambda(this, seen) as T : base.Capability<T>(seen);
    }

    /// <inheritdoc/>
    public override string? Refuses(Artifact artifact)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        return artifact.Kind == Artifact.ImageKind ? RefusesImage(artifact)
            : artifact.Kind is not (LambdaCode.Kind or LambdaCode.FolderKind) || artifact.Package is null ? $"{Name} brings code of functions (LambdaCode) and images of Amazon ECR (Artifact.Image), and can't install the artifact kind '{Naming.Printable(artifact.Kind)}'."
            : artifact.Sha256 is { } hash && !IsHash(hash) ? "The code's Sha256 must be 64 hexadecimal digits in lower case."
            : null;
    }

    /// <inheritdoc/>
    public async Task<Artifact> PinAsync(Artifact artifact, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(artifact);
        if (artifact.Kind != Artifact.ImageKind)
        {
            return await _lambda.Packages.PinAsync(artifact, cancellationToken);
        }

        return artifact.Sha256 is not null ? artifact : artifact with { Sha256 = await ImageOf(artifact).ResolveAsync(_access, cancellationToken) };
    }

    /// <inheritdoc/>
    public Operation Install(Revision revision) => _install.Of(Name, ArgumentsOf(revision));

    /// <inheritdoc/>
    public Operation Remove(RevisionId revision) => _remove.Of(Name, new RemoveArguments(revision));

    /// <inheritdoc/>
    public Operation Route(TrafficSplit split) => _route.Of(Name, new RouteArguments(split));

    /// <inheritdoc/>
    public Operation Shift(TrafficSplit before, TrafficSplit split)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(split);
        return _route.Of(Name, new RouteArguments(split)
        {
            From = before,
            Warm = _lambda.Options.ProvisionedConcurrency is null ? [] : [.. split.Shares.Where(share => share.Value > before.ShareOf(share.Key)).Select(share => share.Key)],
        });
    }

    /// <inheritdoc/>
    public Operation Restore(TrafficSplit before, TrafficSplit split) => _route.Of(Name, new RouteArguments(split) { From = before, IsBack = true });

    /// <inheritdoc/>
    public Operation Update(Revision revision) => _update.Of(Name, ArgumentsOf(revision));

    /// <inheritdoc/>
    public Operation Clear(RevisionId installed) => _clear.Of(Name, new RemoveArguments(installed));

    /// <summary>The ARN of the revision's version. Nothing can be asked there over HTTP: <see cref="LambdaChecks.Invoke"/> invokes it.</summary>
    public async Task<IReadOnlyList<Uri>> AddressesAsync(RevisionId revision, CancellationToken cancellationToken)
    {
        NumberedVersion version = _lambda.Place.VersionOf(await _lambda.Place.LookAsync(cancellationToken), revision);
        return Uri.TryCreate(version.Configuration.FunctionArn, UriKind.Absolute, out Uri? arn) ? [arn] : [];
    }

    /// <inheritdoc/>
    public string AddressLookup(RevisionId revision)
    {
        ArgumentNullException.ThrowIfNull(revision);
        return _lambda.Lines.FindArn("ADDRESS", revision);
    }

    /// <inheritdoc/>
    public async Task<LambdaAnswer> InvokeAsync(RevisionId revision, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        NumberedVersion version = _lambda.Place.VersionOf(await _lambda.Place.LookAsync(cancellationToken), revision);
        Invocation answer = await _lambda.Place.Api.InvokeAsync(_lambda.Place.Function, version.Number.ToString(CultureInfo.InvariantCulture), payload.ToArray(), cancellationToken);
        return new LambdaAnswer(version.Number.ToString(CultureInfo.InvariantCulture), answer.Error, Encoding.UTF8.GetString(answer.Payload), answer.Log);
    }

    async Task ITidyUp.TidyUpAsync(EffectContext context, CancellationToken cancellationToken)
    {
        await _lambda.Removal(context).TidyAsync(_lambda.Options.KeptVersions, cancellationToken);
        _lambda.Packages.TidyUp(context.TimeProvider.GetUtcNow());
    }

    internal bool KeepsWarm => _lambda.Options.ProvisionedConcurrency is not null;

    internal Operation Install(Revision revision, Observation seen) => _install.Of(Name, ArgumentsOf(revision) with { Notes = SeenLambda.NotesOf(seen), IsKept = seen.Stands(revision.Id) });

    internal Operation Update(Revision revision, Observation seen) => _update.Of(Name, ArgumentsOf(revision) with
    {
        Notes = SeenLambda.NotesOf(seen),
        IsKept = seen.Stands(revision.Id),
        From = seen.Stands(revision.Id) ? null : seen.Traffic,
    });

    private InstallArguments ArgumentsOf(Revision revision)
    {
        ArgumentNullException.ThrowIfNull(revision);
        Release release = revision.Release;
        if (VersionName.Problem(revision.Id, Name) is { } tooLong)
        {
            throw new DeploymentException(tooLong);
        }

        if (release.Secrets.Count > 0)
        {
            throw new DeploymentException($"{Name} can't give {release.Application} the secret {Naming.Printable(release.Secrets.Keys.First())}: AWS Lambda shows environment variables to whoever may read the function. Give it the secret's name as a setting, and let the function read it from AWS Secrets Manager.");
        }

        if (LambdaSettings.Problem(release.Settings) is { } settings)
        {
            throw new DeploymentException($"{Name} can't give {release.Application} {release.Version} its settings: {settings}");
        }

        Artifact artifact = release.Artifact;
        if (artifact.Kind == Artifact.ImageKind && (_lambda.Options.Handler is null ? _lambda.Options.Runtime is null ? null : nameof(LambdaTargetOptions.Runtime) : nameof(LambdaTargetOptions.Handler)) is { } none)
        {
            throw new DeploymentException($"{Name} has the option {none}, and {release.Application} {release.Version} is an image, which has its own. Leave the option null.");
        }

        return new InstallArguments(revision.Id, new FunctionSpec
        {
            Code = artifact.Kind == Artifact.ImageKind ? ImageOf(artifact).Repository : artifact.Package ?? "",
            Sha256 = artifact.Sha256 ?? throw new DeploymentException($"The SHA-256 of {Naming.Printable(artifact.Package ?? artifact.Location ?? "")} isn't known. Pin the artifact first ({nameof(IPinArtifacts)}); a pipeline does so before it plans."),
            IsImage = artifact.Kind == Artifact.ImageKind,
            IsFolder = artifact.Kind == LambdaCode.FolderKind,
            Environment = release.Settings.ToImmutableSortedDictionary(StringComparer.Ordinal),
            MemoryMegabytes = _lambda.Options.MemoryMegabytes,
            TimeoutSeconds = (int?)_lambda.Options.Timeout?.TotalSeconds,
            Handler = _lambda.Options.Handler,
            Runtime = _lambda.Options.Runtime,
            ProvisionedConcurrency = _lambda.Options.ProvisionedConcurrency,
        });
    }

    private string? RefusesImage(Artifact artifact) =>
        EcrImage.Parse(artifact.Location) is not { } image ? $"{Name} takes images of Amazon ECR, such as 123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:2.4.0, and '{Naming.Printable(artifact.Location ?? "")}' is none."
        : artifact.Command.Count > 0 ? $"{Name} can't give an image another command: set the function's ImageConfig."
        : artifact.Sha256 is { } hash && (!IsHash(hash) || (image.Digest is not null && image.Digest != hash)) ? "The image's Sha256 must be its digest, 64 hexadecimal digits in lower case."
        : null;

    private static EcrImage ImageOf(Artifact artifact) => EcrImage.Parse(artifact.Location) ?? throw new DeploymentException($"'{Naming.Printable(artifact.Location ?? "")}' is no image of Amazon ECR.");

    private static bool IsHash(string text) => text.Length == 64 && text.All(char.IsAsciiHexDigitLower);
}
