namespace Deployment.Api.Tests.Scripts;

/// <summary>The script that everybody trusts sums up right, and can't look like a success when it isn't one.</summary>
[Category("Local")]
public sealed class TestScriptTests
{
    private string _folder = "";
    private Trial _trial = null!;

    [OneTimeSetUp]
    public async Task CreateTrial()
    {
        _folder = Directory.CreateTempSubdirectory("trial-").FullName;
        _trial = await Trial.CreateAsync(_folder);
    }

    [OneTimeTearDown]
    public void DeleteTrial() => Directory.Delete(_folder, recursive: true);

    [Test, Order(1)]
    public async Task Test_EveryKindOfEnd_IsCountedOnTheLastLine()
    {
        Shell run = await _trial.TestAsync("Passing", "Failing", "Skipping", "Lacking");

        run.LastLine.Should().Be("2 passed, 1 failed, 2 skipped", run.Output);
        run.ExitCode.Should().Be(1, run.Output);
        run.Output.Should().Contain("skipped: IsSkipped: Not on \"this\" system.").And.Contain("Missing component: a-program-that-nobody-has");
    }

    [Test, Order(1)]
    public async Task Test_SoakAndACategory_RunsTheLongProofsOfIt()
    {
        Shell run = await _trial.TestAsync("Soak", "Passing");

        run.LastLine.Should().Be("0 passed, 1 failed, 0 skipped", run.Output);
    }

    [Test, Order(2)]
    public async Task Test_OnlySkipsAndPasses_IsASuccessExceptInCiWhereAComponentIsMissing()
    {
        Shell here = await _trial.TestAsync("Passing", "Lacking");
        Shell ci = await _trial.TestInCiAsync("Passing", "Lacking");
        Shell other = await _trial.TestInCiAsync("Passing", "Skipping");

        here.ExitCode.Should().Be(0, here.Output);
        ci.ExitCode.Should().Be(1, ci.Output);
        ci.LastLine.Should().Be("2 passed, 0 failed, 1 skipped");
        other.ExitCode.Should().Be(0, other.Output);
    }

    [Test, Order(3)]
    public async Task Test_ProcessDies_IsAFailure()
    {
        Shell run = await _trial.TestAsync("Crashing");

        run.ExitCode.Should().Be(1, run.Output);
        run.LastLine.Should().Be("0 passed, 1 failed, 0 skipped", run.Output);
        run.Output.Should().Contain("the test process died");
    }

    [Test, Order(4)]
    public async Task Test_NothingRan_IsAFailure()
    {
        Shell run = await _trial.TestAsync("Skipping");

        run.ExitCode.Should().Be(1, run.Output);
        run.LastLine.Should().Be("0 passed, 0 failed, 1 skipped");
        run.Output.Should().Contain("No test ran.");
    }

    [Test, Order(4)]
    public async Task Test_AtItsEnd_NothingIsLeftInTheTemporaryFolder()
    {
        string temporary = Directory.CreateDirectory(Path.Combine(_folder, "t")).FullName;

        Shell run = await _trial.TestAsync(new Dictionary<string, string> { ["TMPDIR"] = temporary }, "Passing");

        run.LastLine.Should().Be("2 passed, 0 failed, 0 skipped", run.Output);
        Directory.EnumerateFileSystemEntries(temporary).Should().BeEmpty();
    }

    [TestCase("Beside", "3 passed, 0 failed, 0 skipped", 0), Order(4)]
    [TestCase("BesideFailing", "2 passed, 1 failed, 0 skipped", 1)]
    [TestCase("BesideCrashing", "2 passed, 1 failed, 0 skipped", 1)]
    public async Task Test_WhatRunsBeside_IsCountedAsWell(string category, string closing, int code)
    {
        Shell run = await _trial.TestAsync("Passing", category);

        run.LastLine.Should().Be(closing, run.Output);
        run.ExitCode.Should().Be(code, run.Output);
        run.Output.Should().Contain("== Beside.Tests");
    }

    [TestCase("Pasing"), Order(5)]
    [TestCase("Passing|TestCategory=Failing")]
    public async Task Test_UnknownCategory_IsRefusedBeforeAnythingIsBuilt(string category)
    {
        Shell run = await _trial.TestAsync("Passing", category);

        run.ExitCode.Should().Be(2, run.Output);
        run.Output.Should().Contain($"No test has the category '{category}'").And.Contain("Passing").And.NotContain("Building");
        run.LastLine.Should().Be("0 passed, 1 failed, 0 skipped");
    }

    [Test, Order(6)]
    public async Task Test_BuildFails_IsAFailure()
    {
        await _trial.WriteAsync("tests/Trial.Tests/Broken.cs", "this is no C#");
        Shell run = await _trial.TestAsync("Passing");
        File.Delete(Path.Combine(_trial.Folder, "tests/Trial.Tests/Broken.cs"));

        run.ExitCode.Should().Be(1, run.Output);
        run.Output.Should().Contain("The build failed.");
        run.LastLine.Should().Be("0 passed, 1 failed, 0 skipped");
    }
}
