using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda;

/// <summary>How a <see cref="LambdaTarget"/> brings its releases.</summary>
public sealed class LambdaTargetOptions
{
    private const int MostKept = 20;
    private static readonly TimeSpan _longestWait = TimeSpan.FromDays(1);
    private static readonly TimeSpan _longestRun = TimeSpan.FromMinutes(15);

    /// <summary>Which account, where, and how it is asked.</summary>
    public AwsOptions Aws { get; private set; } = new();

    /// <summary>How many megabytes of memory the function has, 128 to 10,240. Default null: as the version has it that users have now, or the function where they have none.</summary>
    public int? MemoryMegabytes { get; set; }

    /// <summary>How long one invocation may take, in whole seconds: 1 second to 15 minutes. Default null: as users have it.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>What in the code is called, such as <c>index.handler</c>: 1 to 128 characters. Default null: as users have it. Images have none.</summary>
    public string? Handler { get; set; }

    /// <summary>What runs the code, such as <c>nodejs22.x</c>. Default null: as users have it. Images have none.</summary>
    public string? Runtime { get; set; }

    /// <summary>
    /// How many environments of a version are kept warm, at least 1; they are waited for before it gets traffic, and let go of when it is removed. AWS charges for
    /// them. Default null: none is asked for.
    /// </summary>
    public int? ProvisionedConcurrency { get; set; }

    /// <summary>How many versions that had users and were removed are kept once a run has succeeded, so that a person can go back to one by its number; 0 to 20. Default 2.</summary>
    public int KeptVersions { get; set; } = 2;

    /// <summary>How long a step waits until AWS has done what it was asked for; above zero, at most a day. Default 4 minutes, which is less than a step of a strategy has (<see cref="Runbooks.RetryPolicy.Timeout"/>).</summary>
    public TimeSpan ReadyTimeout { get; set; } = TimeSpan.FromMinutes(4);

    /// <summary>
    /// How long after an invocation what CloudWatch has of it is there, 0 to 1 hour. Default 2 minutes. A minute is read after that and the version's time-out, since an
    /// invocation counts in the minute in which it began. A monitor's <see cref="Analysis.MonitorOptions.StaleAfter"/> must be at least two minutes more than both together.
    /// </summary>
    public TimeSpan MetricDelay { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>The clock by which metrics are read. Default the system's.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Where the zips that are made of folders lie, from the plan to its run; made for its user alone where it isn't there. Default a folder of the user's in the temporary one.</summary>
    public string PackageFolder { get; set; } = Path.Combine(Path.GetTempPath(), $"deployment-lambda-{Environment.UserName}");

    /// <summary>What runs never changes underneath itself, also when the lambda kept its argument.</summary>
    internal LambdaTargetOptions Copy()
    {
        var copy = (LambdaTargetOptions)MemberwiseClone();
        copy.Aws = Aws.Copy();
        copy.PackageFolder = Path.GetFullPath(PackageFolder);
        return copy;
    }

    internal IEnumerable<string> Problems(string? function, string? alias, string? name)
    {
        if (Naming.Problem("target", name) is { } target)
        {
            yield return target;
        }

        if (!IsName(function, 64))
        {
            yield return $"The function '{Naming.Printable(function ?? "")}' can't be one: take its name alone, 1 to 64 letters, digits, '-' or '_'.";
        }

        // A name of digits alone would be a version's number (docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html).
        if (!IsName(alias, 128) || alias!.All(char.IsAsciiDigit))
        {
            yield return $"The alias '{Naming.Printable(alias ?? "")}' can't be one: take 1 to 128 letters, digits, '-' or '_', not digits alone.";
        }

        foreach (string problem in Aws.Problems().Concat(Numbers()).Concat(Texts()))
        {
            yield return problem;
        }
    }

    private IEnumerable<string> Numbers()
    {
        if (MemoryMegabytes is < 128 or > 10_240)
        {
            yield return $"MemoryMegabytes is {MemoryMegabytes}: take 128 to 10240.";
        }

        if (Timeout is { } timeout && (timeout < TimeSpan.FromSeconds(1) || timeout > _longestRun || timeout.Ticks % TimeSpan.TicksPerSecond != 0))
        {
            yield return $"Timeout is {timeout}: take whole seconds, 1 second to 15 minutes.";
        }

        if (ProvisionedConcurrency < 1)
        {
            yield return $"ProvisionedConcurrency is {ProvisionedConcurrency}: take at least 1, or null for none.";
        }

        if (KeptVersions is < 0 or > MostKept)
        {
            yield return $"KeptVersions is {KeptVersions}: take 0 to {MostKept}.";
        }

        if (MetricDelay < TimeSpan.Zero || MetricDelay > TimeSpan.FromHours(1))
        {
            yield return $"MetricDelay is {MetricDelay}: take 0 to 1 hour.";
        }

        if (ReadyTimeout <= TimeSpan.Zero || ReadyTimeout > _longestWait)
        {
            yield return $"ReadyTimeout is {ReadyTimeout}: it must be above zero and at most a day.";
        }
    }

    private IEnumerable<string> Texts()
    {
        if (TimeProvider is null)
        {
            yield return "TimeProvider is null: leave the system's.";
        }

        if (Handler is not null && (Handler.Length is 0 or > 128 || Handler.Any(c => c is <= ' ' or > '~')))
        {
            yield return $"Handler is '{Naming.Printable(Handler)}': take 1 to 128 characters without spaces, such as index.handler.";
        }

        if (Runtime is not null && (Runtime.Length is 0 or > 64 || !Runtime.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-')))
        {
            yield return $"Runtime is '{Naming.Printable(Runtime)}': take a name such as nodejs22.x.";
        }

        if (string.IsNullOrWhiteSpace(PackageFolder) || PackageFolder.Any(char.IsControl))
        {
            yield return $"PackageFolder is '{Naming.Printable(PackageFolder ?? "")}': it must be a path.";
        }
    }

    private static bool IsName(string? text, int longest) => text is { Length: > 0 } && text.Length <= longest && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
