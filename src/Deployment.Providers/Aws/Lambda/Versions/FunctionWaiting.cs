using System.Globalization;
using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Releases;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Lambda.Versions;

/// <summary>Waits until AWS has done what it was asked for (docs.aws.amazon.com/lambda/latest/dg/functions-states.html).</summary>
/// <param name="place">The function.</param>
/// <param name="timeout">How long all of it may take.</param>
/// <param name="context">The step.</param>
internal sealed class FunctionWaiting(LambdaPlace place, TimeSpan timeout, EffectContext context)
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(1);

    private readonly long _begin = context.TimeProvider.GetTimestamp();

    /// <summary>What can be changed, once nothing changes it any more.</summary>
    public Task<FunctionConfiguration> SettledAsync(CancellationToken cancellationToken) => UntilAsync(
        () => place.Api.GetFunctionConfigurationAsync(place.Function, null, cancellationToken),
        seen => seen.IsSettled,
        seen => $"{place.Function} is still being changed ({Naming.Printable(seen.LastUpdateStatus ?? "")}, {Naming.Printable(seen.State ?? "")})",
        cancellationToken);

    /// <summary>Returns when a version can be invoked.</summary>
    /// <exception cref="DeploymentException">It can't, and never will by itself.</exception>
    public async Task ActiveAsync(int number, CancellationToken cancellationToken)
    {
        FunctionConfiguration seen = await UntilAsync(
            () => VersionAsync(number, cancellationToken),
            version => version.State != "Pending" && version.LastUpdateStatus != "InProgress",
            version => $"Version {number} of {place.Function} is still {Naming.Printable(version.State ?? "")}",
            cancellationToken);
        if (ProblemOf(number, seen) is { } problem)
        {
            throw new DeploymentException(problem);
        }
    }

    /// <summary>Has a version's environments kept warm, and returns when they are.</summary>
    public async Task ProvisionedAsync(int number, int executions, CancellationToken cancellationToken)
    {
        string version = number.ToString(CultureInfo.InvariantCulture);
        ProvisionedConcurrency? seen = await FindProvisionedAsync(number, cancellationToken);
        if (seen?.RequestedProvisionedConcurrentExecutions != executions || seen.Status == "FAILED")
        {
            context.Report($"{executions} environments of version {number} are being warmed up.");
            seen = await place.Api.PutProvisionedConcurrencyConfigAsync(place.Function, version, executions, cancellationToken);
        }

        if (seen.Status != "READY")
        {
            seen = await UntilAsync(
                () => place.Api.GetProvisionedConcurrencyConfigAsync(place.Function, version, cancellationToken),
                config => config.Status is "READY" or "FAILED",
                config => $"The provisioned concurrency of version {number} of {place.Function} is still {Naming.Printable(config.Status ?? "")}",
                cancellationToken);
        }

        if (seen.Status != "READY")
        {
            throw new DeploymentException($"AWS can't keep {executions} environments of version {number} of {place.Function} warm: {Naming.Printable(seen.StatusReason ?? "it doesn't say why")}. Look at the account's concurrency: aws lambda get-account-settings.");
        }
    }

    /// <summary>Has a version's environments kept warm as soon as AWS can. Nothing waits for that, and where it is refused the run says so and goes on.</summary>
    public async Task AskForProvisionedAsync(int number, int executions, CancellationToken cancellationToken)
    {
        try
        {
            if (await FindProvisionedAsync(number, cancellationToken) is not { Status: not "FAILED" } seen || seen.RequestedProvisionedConcurrentExecutions != executions)
            {
                await place.Api.PutProvisionedConcurrencyConfigAsync(place.Function, number.ToString(CultureInfo.InvariantCulture), executions, cancellationToken);
                context.Report($"{executions} environments of version {number} are being warmed up; nothing waits for them.");
            }
        }
        catch (AwsFailure failure)
        {
            context.Report($"Version {number} is not kept warm: {failure.Message}");
        }
    }

    /// <summary>Null when a version's environments are warm, as a sentence why not.</summary>
    public async Task<string?> ColdAsync(int number, CancellationToken cancellationToken) => await FindProvisionedAsync(number, cancellationToken) switch
    {
        { Status: "READY" } => null,
        { } seen => $"The provisioned concurrency of version {number} of {place.Function} is {Naming.Printable(seen.Status ?? "")}.",
        null => $"Version {number} of {place.Function} has no provisioned concurrency.",
    };

    /// <summary>Null when a version can be invoked, else what is wrong.</summary>
    public async Task<string?> ProblemOfAsync(int number, CancellationToken cancellationToken) => ProblemOf(number, await VersionAsync(number, cancellationToken));

    /// <summary>Waits a moment before something is tried again.</summary>
    public async Task PauseAsync(string why, CancellationToken cancellationToken)
    {
        if (context.TimeProvider.GetElapsedTime(_begin) >= timeout)
        {
            throw new DeploymentException($"{why} After {timeout.TotalSeconds:0.###} s (ReadyTimeout) it was given up.");
        }

        await context.TimeProvider.DelayAsync(_interval, cancellationToken);
    }

    private Task<FunctionConfiguration> VersionAsync(int number, CancellationToken cancellationToken) =>
        place.Api.GetFunctionConfigurationAsync(place.Function, number.ToString(CultureInfo.InvariantCulture), cancellationToken);

    private string? ProblemOf(int number, FunctionConfiguration seen) => seen.State switch
    {
        null or "Active" => null,
        "Failed" => $"Version {number} of {place.Function} can't be made to run: {Reason(seen.StateReason, seen.StateReasonCode)}",
        "Inactive" => $"Version {number} of {place.Function} has been idle for so long that AWS took its resources back. Invoke it once, which makes them anew: aws lambda invoke --function-name {place.Function} --qualifier {number} /dev/null. {Reason(seen.StateReason, seen.StateReasonCode)}",
        { } state => $"Version {number} of {place.Function} is {Naming.Printable(state)}. {Reason(seen.StateReason, seen.StateReasonCode)}",
    };

    /// <summary>What AWS says about a failure.</summary>
    public static string Reason(string? reason, string? code) => Naming.PrintableUpTo($"{reason ?? "AWS doesn't say why."}{(code is null ? "" : $" ({code})")}", 500);

    private async Task<ProvisionedConcurrency?> FindProvisionedAsync(int number, CancellationToken cancellationToken)
    {
        try
        {
            return await place.Api.GetProvisionedConcurrencyConfigAsync(place.Function, number.ToString(CultureInfo.InvariantCulture), cancellationToken);
        }
        catch (AwsFailure failure) when (failure.IsNotFound)
        {
            return null;
        }
    }

    private async Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> done, Func<T, string> still, CancellationToken cancellationToken)
    {
        while (true)
        {
            T seen = await look();
            if (done(seen))
            {
                return seen;
            }

            await PauseAsync($"{still(seen)}.", cancellationToken);
        }
    }
}
