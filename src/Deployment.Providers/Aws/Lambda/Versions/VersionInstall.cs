using System.Globalization;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Providers.Aws.Lambda.Code;
using Deployment.Providers.Aws.Lambda.Verbs;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda.Versions;

/// <summary>
/// Makes the version that a revision is, or finds it. What can be changed of a function is everybody's, so each change goes through only where nobody came
/// first, and the name of the revision is the first thing that is written: who was overtaken finds another name there, and begins anew or gives up.
/// </summary>
internal sealed class VersionInstall(LambdaPlace place, CodePackages packages, FunctionWaiting waiting, EffectContext context)
{
    private const int MostRaces = 10;

    /// <summary>The version's number. It can be invoked, and its environments are warm where that was asked for.</summary>
    /// <param name="revision">The revision.</param>
    /// <param name="spec">What its version is made of.</param>
    /// <param name="isKept">Whether it is one to go back to, which waits for nothing but that it can be invoked.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<int> RunAsync(RevisionId revision, FunctionSpec spec, bool isKept, CancellationToken cancellationToken)
    {
        int number = await FindOrPublishAsync(revision, spec, cancellationToken);
        await waiting.ActiveAsync(number, cancellationToken);
        if (spec.ProvisionedConcurrency is { } executions)
        {
            await (isKept ? waiting.AskForProvisionedAsync(number, executions, cancellationToken) : waiting.ProvisionedAsync(number, executions, cancellationToken));
        }

        context.Record("version", number.ToString(CultureInfo.InvariantCulture));
        return number;
    }

    /// <summary>Null when the version of the revision stands and has this code, else what is wrong.</summary>
    public async Task<string?> VerifyAsync(RevisionId revision, FunctionSpec spec, bool isKept, CancellationToken cancellationToken)
    {
        FunctionView view = await place.LookAsync(cancellationToken);
        return view.Find(revision) is not { } version ? $"The function {place.Function} has no version of {revision}."
            : !spec.IsCodeOf(version.Configuration.CodeSha256) ? OtherCode(version, revision)
            : await waiting.ProblemOfAsync(version.Number, cancellationToken)
            ?? (spec.ProvisionedConcurrency is null || isKept ? null : await waiting.ColdAsync(version.Number, cancellationToken));
    }

    private async Task<int> FindOrPublishAsync(RevisionId revision, FunctionSpec spec, CancellationToken cancellationToken)
    {
        for (int race = 1; ; race++)
        {
            FunctionView view = await SettledAsync(revision, cancellationToken);
            if (view.Find(revision) is { } standing)
            {
                return spec.IsCodeOf(standing.Configuration.CodeSha256) ? standing.Number : throw new DeploymentException(OtherCode(standing, revision));
            }

            try
            {
                return await PublishAsync(view, revision, spec, cancellationToken);
            }
            catch (DeploymentException lost) when (lost is LostRaceException or AwsFailure { IsLostRace: true } && race < MostRaces)
            {
                context.Report($"{place.Function} was changed by somebody else meanwhile: it is looked at again.");
                await waiting.PauseAsync(lost.Message, cancellationToken);
            }
            catch (AwsFailure busy) when (busy.Code == "ResourceConflictException")
            {
                // It was settled a moment ago, so somebody else's change is under way.
                await waiting.PauseAsync(busy.Message, cancellationToken);
            }
        }
    }

    /// <summary>
    /// What is decided by, all of one look: waiting for somebody's update may take minutes, in which a newer run may have come, or users got another version. The
    /// revision that each change is bound to is that of this look too.
    /// </summary>
    private async Task<FunctionView> SettledAsync(RevisionId revision, CancellationToken cancellationToken)
    {
        while (true)
        {
            FunctionView view = await place.LookAsync(cancellationToken);
            view.FenceFor(revision, context.Epoch);
            if (view.Latest.IsSettled || view.Find(revision) is not null)
            {
                return view;
            }

            await waiting.SettledAsync(cancellationToken);
        }
    }

    private async Task<int> PublishAsync(FunctionView view, RevisionId revision, FunctionSpec spec, CancellationToken cancellationToken)
    {
        string name = new VersionName(revision, place.Target, context.Epoch).ToString();
        FunctionConfiguration latest = view.Latest;
        Refuse(latest, spec);
        ConfigurationUpdate wanted = await ConfigurationAsync(view, name, spec, cancellationToken);
        if (!Has(latest, wanted))
        {
            await place.Api.UpdateFunctionConfigurationAsync(place.Function, wanted with { RevisionId = latest.RevisionId }, cancellationToken);
            latest = await ChangedAsync(seen => Has(seen, wanted), "configuration", cancellationToken);
        }

        if (!spec.IsCodeOf(latest.CodeSha256))
        {
            CodeUpdate code = spec.IsImage ? new CodeUpdate { ImageUri = $"{spec.Code}@sha256:{spec.Sha256}" } : await packages.UpdateAsync(spec.Code, spec.Sha256, cancellationToken);
            await place.Api.UpdateFunctionCodeAsync(place.Function, code with { RevisionId = latest.RevisionId }, cancellationToken);
            latest = await ChangedAsync(seen => Has(seen, wanted), "code", cancellationToken);
            if (!spec.IsCodeOf(latest.CodeSha256))
            {
                // Bytes, digests and versions of objects never become others, so what is there is somebody else's.
                throw code.ZipFile is not null || code.ImageUri is not null || code.S3ObjectVersion is not null ? Lost("code")
                    : new DeploymentException($"AWS has the code of {place.Function} as {Naming.Printable(latest.CodeSha256 ?? "")}, and {spec.CodeSha256} was planned: what is at {Naming.Printable(spec.Code)} has changed since. Plan again. No version was published.");
            }
        }

        FunctionConfiguration made = await place.Api.PublishVersionAsync(place.Function, new VersionRequest(latest.CodeSha256, name, latest.RevisionId), cancellationToken);
        return NumberOf(made, view, name, spec);
    }

    /// <summary>
    /// Where nothing has changed since the last version AWS publishes none and gives that one back (docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html).
    /// The name is a change, so that is never seen unless somebody else publishes at the same time.
    /// </summary>
    private int NumberOf(FunctionConfiguration made, FunctionView before, string name, FunctionSpec spec)
    {
        if (!AliasShares.TryNumber(made.Version, out int number) || made.Description != name)
        {
            throw new DeploymentException($"AWS published no version of its own for '{name}', and gave back version {Naming.Printable(made.Version ?? "")}, which is described as '{Naming.Printable(made.Description ?? "")}': to it nothing had changed since. Change the function (aws lambda update-function-configuration --description …), and try again.");
        }

        string same = string.Join(", ", before.Versions.Where(version => spec.IsCodeOf(version.Configuration.CodeSha256)).Select(version => version.Number.ToString(CultureInfo.InvariantCulture)));
        if (before.Versions.Any(version => version.Number == number))
        {
            context.Report($"AWS published nothing new: version {number} is the same.");
        }
        else if (same.Length > 0)
        {
            context.Record("same code as", same);
            context.Report($"Version {number} has the code that version {same} has already; its name and its settings are its own.");
        }

        return number;
    }

    /// <summary>
    /// The variables of what users have now and the release's over them, and what no option names as users have it: what can be changed was left there by whoever
    /// came last, such as another target or a release that was rolled back.
    /// </summary>
    private async Task<ConfigurationUpdate> ConfigurationAsync(FunctionView view, string name, FunctionSpec spec, CancellationToken cancellationToken)
    {
        FunctionConfiguration kept = view.Live is { } live ? await place.Api.GetFunctionConfigurationAsync(place.Function, live.ToString(CultureInfo.InvariantCulture), cancellationToken) : view.Latest;
        if (kept.Environment?.Error is { } error)
        {
            throw new DeploymentException($"The environment variables of version {Naming.Printable(kept.Version ?? "")} of {place.Function} can't be read, and would be lost: {FunctionWaiting.Reason(error.Message, error.ErrorCode)} Allow kms:Decrypt to who asks. Nothing was changed.");
        }

        var variables = new Dictionary<string, string>(kept.Environment?.Variables ?? [], StringComparer.Ordinal);
        foreach ((string variable, string value) in spec.Environment)
        {
            variables[variable] = value;
        }

        return LambdaSettings.SizeProblem(variables) is { } tooMuch
            ? throw new DeploymentException($"The variables of {place.Function} and the release's over them can't be set: {tooMuch} Nothing was changed.")
            : new ConfigurationUpdate
            {
                Description = name,
                Environment = new EnvironmentVariables { Variables = variables },
                MemorySize = spec.MemoryMegabytes ?? kept.MemorySize,
                Timeout = spec.TimeoutSeconds ?? kept.Timeout,
                Handler = spec.Handler ?? kept.Handler,
                Runtime = spec.Runtime ?? kept.Runtime,
            };
    }

    private static bool Has(FunctionConfiguration seen, ConfigurationUpdate wanted) =>
        seen.Description == wanted.Description
        && (wanted.MemorySize is null || seen.MemorySize == wanted.MemorySize)
        && (wanted.Timeout is null || seen.Timeout == wanted.Timeout)
        && (wanted.Handler is null || seen.Handler == wanted.Handler)
        && (wanted.Runtime is null || seen.Runtime == wanted.Runtime)
        && (seen.Environment?.Variables ?? []).OrderBy(variable => variable.Key, StringComparer.Ordinal)
            .SequenceEqual((wanted.Environment?.Variables ?? []).OrderBy(variable => variable.Key, StringComparer.Ordinal));

    /// <summary>What is there once a change has taken effect. Its revision is read then: it changes once more with that.</summary>
    private async Task<FunctionConfiguration> ChangedAsync(Func<FunctionConfiguration, bool> isOurs, string what, CancellationToken cancellationToken)
    {
        FunctionConfiguration seen = await waiting.SettledAsync(cancellationToken);
        return !isOurs(seen) ? throw Lost(what)
            : seen.LastUpdateStatus == "Failed" ? throw new DeploymentException($"AWS can't give {place.Function} the new {what}: {FunctionWaiting.Reason(seen.LastUpdateStatusReason, seen.LastUpdateStatusReasonCode)} No version was published.")
            : seen;
    }

    private LostRaceException Lost(string what) => new($"The {what} of {place.Function} was changed by somebody else while this step did so.");

    private void Refuse(FunctionConfiguration latest, FunctionSpec spec)
    {
        if (latest.PackageType is { } type && (type == "Image") != spec.IsImage)
        {
            throw new DeploymentException($"{place.Function} takes {(type == "Image" ? "images" : "zips")}, which AWS never changes, and the release is {(spec.IsImage ? "an image" : "a zip")}. Make another function. Nothing was changed.");
        }
    }

    private string OtherCode(NumberedVersion version, RevisionId revision) =>
        $"Version {version.Number} of {place.Function} is called {revision}, and has other code ({Naming.Printable(version.Configuration.CodeSha256 ?? "")}). Delete that version if nobody needs it, or deploy under another version number.";
}
