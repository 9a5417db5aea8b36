using System.Globalization;
using Deployment.Health;
using Deployment.Integration.Tests.Support;
using Deployment.Providers.Local;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies.FeatureFlags;
using Deployment.Testing;

namespace Deployment.Integration.Tests.Flags;

/// <summary>A real process that reads the flag's file with the real library, opened and closed for its users over HTTP.</summary>
[Category("Local")]
public sealed class FeatureFlagOnProcessesTests
{
    private const int Users = 200;
    private string _folder = "";
    private int _port;
    private LocalTarget _target = null!;
    private HttpClient _client = null!;

    [SetUp]
    public void MakeWorld()
    {
        _folder = Directory.CreateTempSubdirectory("df-").FullName;
        File.WriteAllText(FlagFile, """{ "feature_management": { "feature_flags": [ { "id": "checkout", "enabled": false } ] } } // ours""");
        _port = LiveWorld.FreePort();
        _target = LocalTarget.Listening(_port, local => local.StateFolder = Path.Combine(_folder, "l"));
        _client = new HttpClient { BaseAddress = new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", _port).Uri };
    }

    [TearDown]
    public async Task EndWorldAsync()
    {
        _client.Dispose();
        await _target.Host.StopAsync(CancellationToken.None);
        Directory.Delete(_folder, recursive: true);
    }

    private string FlagFile => Path.Combine(_folder, "flags.json");

    [Test]
    [CancelAfter(120_000)]
    public async Task Deploy_GoodFeature_ReachesUsersInStages(CancellationToken cancellationToken)
    {
        Dictionary<string, int> seen = [];

        DeploymentResult result = await Pipeline(seen).DeployAsync(Shop(broken: false), cancellationToken);

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        seen["users ada"].Should().Be(0, "ada is none of those who are counted");
        seen["users ada; 25%"].Should().BeInRange(Users * 15 / 100, Users * 35 / 100);
        seen["everyone"].Should().Be(Users);
        (await File.ReadAllTextAsync(FlagFile, cancellationToken)).Should().EndWith("// ours");
    }

    [Test]
    [CancelAfter(120_000)]
    public async Task Deploy_FeatureFailsForItsUsers_IsTakenFromAllOfThem(CancellationToken cancellationToken)
    {
        Dictionary<string, int> seen = [];
        await Pipeline([], opens: false).DeployAsync(Shop(broken: true), cancellationToken);
        (string Process, int) before = (await _client.GetStringAsync(new Uri("/pid", UriKind.Relative), cancellationToken), 0);

        DeploymentResult result = await Pipeline(seen).DeployAsync(Shop(broken: true), cancellationToken);

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("of 200 users with the flag failed");
        await Wait.UntilAsync(async () => await CountAsync("on") == 0, "nobody has it any more");
        (await CountAsync("off")).Should().Be(Users);
        (await _client.GetStringAsync(new Uri("/pid", UriKind.Relative), cancellationToken)).Should().Be(before.Process, "closing a flag is no deployment");
    }

    private DeploymentPipeline Pipeline(Dictionary<string, int> seen, bool opens = true)
    {
        DeploymentPipelineBuilder builder = DeploymentPipeline.Create("shop").DeployTo(_target).UseStore(new FileDeploymentStore(Path.Combine(_folder, "store")));
        if (!opens)
        {
            return builder.UseBlueGreen().Build();
        }

        ScriptedCheck errors = new ScriptedCheck("users with the flag", CheckKind.Smoke).Answers(async (context, _) =>
        {
            if (context.Subject.Cohort is not { } cohort)
            {
                return Verdict.Pass("The flag is closed.");
            }

            // Whether the process follows the file is seen by its answers; a cohort that can't be seen is no pass.
            await Wait.UntilAsync(async () => await AskAsync("ada") != "off" && (cohort.Stage == "users ada" || await CountAsync("off") < Users), "the process follows the file");
            await Wait.UntilAsync(async () => cohort.Stage != "everyone" || await CountAsync("off") == 0, "the process follows the file to its end");
            seen[cohort.Stage] = Users - await CountAsync("off");
            int failed = await CountAsync("fails") + (await AskAsync("ada") == "fails" ? 1 : 0);
            return failed > 0
                ? Verdict.Fail(string.Create(CultureInfo.InvariantCulture, $"{failed} of {Users} users with the flag failed."))
                : Verdict.Pass("None failed.");
        });
        return builder.UseFeatureFlag(flag =>
        {
            flag.Flag = "checkout";
            flag.Store = new JsonFeatureFlagFile(FlagFile);
            flag.Stages = [FlagStage.Users("ada"), FlagStage.Percent(25), FlagStage.Everyone];
            flag.BakeTime = TimeSpan.Zero;
        }).Check(errors, Moment.Shifted).Build();
    }

    private async Task<int> CountAsync(string answer)
    {
        string[] answers = await Task.WhenAll(Enumerable.Range(0, Users).Select(number => AskAsync($"user-{number}")));
        return answers.Count(one => one == answer);
    }

    private async Task<string> AskAsync(string user)
    {
        using HttpResponseMessage answer = await _client.GetAsync(new Uri($"/flag/checkout?user={user}", UriKind.Relative));
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : "fails";
    }

    private Release Shop(bool broken)
    {
        Release release = Release
            .Of("shop", "1.0.0", Artifact.Process("dotnet", "exec", Path.Combine(TestContext.CurrentContext.TestDirectory, "Deployment.Providers.Local.Tests.App.dll")).In(Path.GetTempPath()))
            .WithSetting("FLAGS", FlagFile);
        return broken ? release.WithSetting("BROKEN", "checkout") : release;
    }
}
