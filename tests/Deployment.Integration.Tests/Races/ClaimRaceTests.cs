using Deployment.Integration.Tests.Deployer;
using Deployment.Integration.Tests.Support;

namespace Deployment.Integration.Tests.Races;

/// <summary>Two processes deploy to one target at the same moment, again and again.</summary>
[Category("Local")]
public sealed class ClaimRaceTests
{
    [Test]
    public async Task Deploy_TwoProcessesAtOnce_OneWinsAndTheOtherNamesItsRun()
    {
        const int Rounds = 200;

        IReadOnlyList<(RunAnswer A, RunAnswer B)> rounds = await RaceAsync(Rounds, unclaimed: false);

        rounds.Should().HaveCount(Rounds);
        foreach ((RunAnswer a, RunAnswer b) in rounds)
        {
            RunAnswer winner = Winners(a, b).Should().ContainSingle().Subject;
            RunAnswer loser = winner == a ? b : a;
            loser.ErrorType.Should().Be(nameof(TargetClaimedException));
            loser.RunId.Should().Be(winner.RunId);
            loser.Error.Should().Contain($"held by run {winner.RunId}").And.Contain("Nothing was changed").And.Contain("ResumeAsync");
        }

        rounds.Select(round => Winners(round.A, round.B).Single() == round.A).Distinct().Should().HaveCount(2, "either of them wins sometimes");
    }

    // The negative control: with claims off both are let in.
    [Test]
    public async Task Deploy_TwoProcessesAtOnceWithoutClaims_BothWin()
    {
        IReadOnlyList<(RunAnswer A, RunAnswer B)> rounds = await RaceAsync(10, unclaimed: true);

        rounds.Should().Contain(round => Winners(round.A, round.B).Count() == 2);
    }

    private static IEnumerable<RunAnswer> Winners(params RunAnswer[] answers) => answers.Where(answer => answer.Outcome == Store.DeploymentOutcome.Succeeded);

    private static async Task<IReadOnlyList<(RunAnswer A, RunAnswer B)>> RaceAsync(int rounds, bool unclaimed)
    {
        string folder = Directory.CreateTempSubdirectory("dr-").FullName;
        try
        {
            var options = new DeployerOptions { Do = "race", World = folder, Rounds = rounds, Unclaimed = unclaimed };
            DeployerEnd[] ends = await Task.WhenAll(DeployerProcess.RunAsync(options with { Name = "a" }), DeployerProcess.RunAsync(options with { Name = "b" }));
            ends.Should().OnlyContain(end => end.Answer!.Error == null, ends[0].Answer!.Error + ends[1].Answer!.Error);
            return [.. ends[0].Answer!.Runs.Zip(ends[1].Answer!.Runs)];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
