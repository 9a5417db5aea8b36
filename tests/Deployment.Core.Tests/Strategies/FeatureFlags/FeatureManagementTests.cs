using Deployment.Flags;
using Deployment.Health;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies.FeatureFlags;
using Deployment.Tests.Commands;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.FeatureManagement;
using Microsoft.FeatureManagement.FeatureFilters;

namespace Deployment.Tests.Strategies.FeatureFlags;

/// <summary>An application that runs, with the real library, sees who has the flag while it is opened and closed.</summary>
[Category("Unit")]
public sealed class FeatureManagementTests
{
    private const int Users = 2000;
    private string _folder = "";
    private ServiceProvider _application = null!;
    private IFeatureManager _features = null!;

    private JsonFeatureFlagFile Store => new(Path.Combine(_folder, "flags.json"));

    [SetUp]
    public void StartApplication()
    {
        _folder = Directory.CreateTempSubdirectory("flags-").FullName;
        File.WriteAllText(Path.Combine(_folder, "flags.json"), """{ "feature_management": { "feature_flags": [ { "id": "checkout", "enabled": false } ] } }""");
        IConfiguration configuration = new ConfigurationBuilder().AddJsonFile(Path.Combine(_folder, "flags.json"), optional: false, reloadOnChange: true).Build();
        var services = new ServiceCollection();
        services.AddSingleton(configuration).AddLogging();
        services.AddFeatureManagement().AddFeatureFilter<ContextualTargetingFilter>();
        _application = services.BuildServiceProvider();
        _features = _application.GetRequiredService<IFeatureManager>();
    }

    [TearDown]
    public async Task EndApplicationAsync()
    {
        await _application.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Write_RunningApplication_SeesUsersGroupsSharesAndTheEnd()
    {
        (await EnabledAsync("ada")).Should().BeFalse();

        await SetAsync(new FlagAudience { Users = ["ada"] });
        await UntilAsync(() => EnabledAsync("ada"), "ada has it");
        (await EnabledAsync("bob", "internal")).Should().BeFalse();

        await SetAsync(new FlagAudience { Users = ["ada"], Groups = new Dictionary<string, double> { ["internal"] = 100 } });
        await UntilAsync(() => EnabledAsync("bob", "internal"), "the group has it");
        (await EnabledAsync("bob")).Should().BeFalse();

        HashSet<string> last = [];
        foreach (int percent in new[] { 10, 25, 50 })
        {
            await SetAsync(new FlagAudience { Percent = percent });
            await UntilAsync(async () => (await WithFlagAsync()).Count >= Users * (percent - 4) / 100, $"{percent}% have it");
            HashSet<string> now = await WithFlagAsync();
            now.Count.Should().BeInRange(Users * (percent - 4) / 100, Users * (percent + 4) / 100);
            last.Should().BeSubsetOf(now, "who has it keeps it while the share grows");
            last = now;
        }

        await SetAsync(FlagAudience.Everyone);
        await UntilAsync(async () => (await WithFlagAsync()).Count == Users, "everyone has it");

        await SetAsync(FlagAudience.Nobody);
        await UntilAsync(async () => (await WithFlagAsync()).Count == 0, "nobody has it");
    }

    [Test]
    public async Task Deploy_CheckFailsAtAShare_TakesTheFlagFromAllUsersOfTheRunningApplication()
    {
        int seen = 0;
        ScriptedCheck check = new ScriptedCheck("users with the flag").Answers(async (context, cancellationToken) =>
        {
            if (context.Subject.Cohort?.Stage != "20%")
            {
                return Verdict.Pass("nobody to judge yet");
            }

            await UntilAsync(async () => (await WithFlagAsync()).Count > 0, "the application follows the file");
            seen = (await WithFlagAsync()).Count;
            return Verdict.Fail("they fail");
        });
        DeploymentPipeline pipeline = DeploymentPipeline.Create("shop")
            .DeployTo(new FakeTarget("web"))
            .UseFeatureFlag(options =>
            {
                options.Flag = "checkout";
                options.Store = Store;
                options.Stages = [FlagStage.Percent(20), FlagStage.Everyone];
                options.BakeTime = TimeSpan.Zero;
            })
            .Check(check, Moment.Shifted)
            .UseStore(new InMemoryDeploymentStore())
            .Build();

        DeploymentResult result = await pipeline.DeployAsync(Release.Of("shop", "1.0.0", Artifact.Process("shop")));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        seen.Should().BeInRange(Users * 16 / 100, Users * 24 / 100);
        await UntilAsync(async () => (await WithFlagAsync()).Count == 0, "nobody has it any more");
    }

    private async Task SetAsync(FlagAudience audience)
    {
        string before = (await Store.ReadAsync("checkout", default))!;
        await Store.WriteAsync("checkout", Store.WithAudience(before, audience), before, default);
    }

    private Task<bool> EnabledAsync(string user, params string[] groups) =>
        _features.IsEnabledAsync("checkout", new TargetingContext { UserId = user, Groups = groups });

    private async Task<HashSet<string>> WithFlagAsync()
    {
        HashSet<string> users = [];
        for (int number = 0; number < Users; number++)
        {
            if (await EnabledAsync($"user-{number}"))
            {
                users.Add($"user-{number}");
            }
        }

        return users;
    }

    private static Task UntilAsync(Func<Task<bool>> condition, string what) => Wait.UntilAsync(condition, what);
}
