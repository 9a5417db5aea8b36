using Deployment.Releases;
using Deployment.Store;
using QuickStart.Options;

namespace QuickStart;

/// <summary>What is deployed, in order, and how each deployment should end.</summary>
internal sealed record Deployable
{
    public required IReadOnlyList<(Release Release, DeploymentOutcome Expected)> Releases { get; init; }

    public required string HealthPath { get; init; }

    public string HomePath { get; init; } = "/";

    /// <summary>What is asked for now and then, because its answer takes its time; null when there is nothing like it.</summary>
    public string? SlowPath { get; init; }

    /// <summary>Whether the home page is the version, and nothing else.</summary>
    public bool TellsVersion { get; init; }

    /// <summary>The version that should serve in the end.</summary>
    public string LastGood => Releases.Last(release => release.Expected == DeploymentOutcome.Succeeded).Release.Version;

    public static Deployable Of(QuickStartOptions options) => options.App is { } command ? Command(command, options.Health) : Shop();

    private static Deployable Shop()
    {
        Artifact shop = Artifact.Process("dotnet", "QuickStart.App.dll").In(Path.Combine(AppContext.BaseDirectory, "app"));
        Release Version(string version) => Release.Of("shop", version, shop).WithSetting("SHOP_VERSION", version);
        return new Deployable
        {
            Releases =
            [
                (Version("1.0.0"), DeploymentOutcome.Succeeded),
                (Version("1.1.0"), DeploymentOutcome.Succeeded),
                (Version("1.2.0").WithSetting("SHOP_HOME_PAGE_FAILS", "true"), DeploymentOutcome.RolledBack),
            ],
            HealthPath = "/health",
            SlowPath = "/?milliseconds=250",
            TellsVersion = true,
        };
    }

    private static Deployable Command(IReadOnlyList<string> command, string health)
    {
        Artifact server = Artifact.Process([.. command]);
        Release Version(string version) => Release.Of("app", version, server).WithSetting("VERSION", version);
        return new Deployable
        {
            Releases = [(Version("1.0.0"), DeploymentOutcome.Succeeded), (Version("1.1.0"), DeploymentOutcome.Succeeded)],
            HealthPath = health,
            HomePath = health,
        };
    }
}
