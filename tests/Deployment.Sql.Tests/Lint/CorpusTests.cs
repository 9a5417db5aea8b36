using Deployment.Sql.Scripts;
using Deployment.Sql.Tests.Lint.Support;

namespace Deployment.Sql.Tests.Lint;

/// <summary>Scripts whose findings are known: see the files in the folder Corpus.</summary>
[Category("Unit")]
public sealed class CorpusTests
{
    private static IReadOnlyList<SqlFinding> Check(CorpusCase tested)
    {
        (IReadOnlyList<SqlScript> scripts, IReadOnlyList<string> errors) = SqlFolderReader.Read([.. tested.Files().Select(file => new SqlFile(file.Name, file.Text))]);
        errors.Should().BeEmpty(tested.Title);
        return SqlLint.Check(new SqlScriptFolder("corpus", scripts));
    }

    private static List<string> Found(CorpusCase tested) => [.. Check(tested).Select(finding => $"{finding.FileName}:{finding.Line} {finding.Rule.Id}")];

    [Test]
    public void Check_Corpus_FindsWhatIsThereAndNothingElse()
    {
        List<string> falseAlarms = [];
        List<string> misses = [];
        foreach (CorpusCase tested in CorpusCase.All)
        {
            List<string> found = Found(tested);
            List<string> missed = [.. tested.Expected];
            missed.RemoveAll(found.Remove);
            falseAlarms.AddRange(found.Select(finding => $"{tested}: {finding}"));
            misses.AddRange(missed.Select(finding => $"{tested}: {finding}"));
        }

        TestContext.Out.WriteLine($"{CorpusCase.All.Count} cases, {CorpusCase.All.Count(tested => tested.IsHarmless)} of them harmless, {CorpusCase.All.Sum(tested => tested.Expected.Count)} findings expected: {falseAlarms.Count} false alarms, {misses.Count} misses.");
        falseAlarms.Should().BeEmpty();
        misses.Should().BeEmpty();
    }

    [Test]
    public void Corpus_IsLargeAndHalfOfItHarmless()
    {
        CorpusCase.All.Should().HaveCountGreaterThan(200).And.OnlyHaveUniqueItems(tested => tested.Title);
        CorpusCase.All.Count(tested => tested.IsHarmless).Should().BeGreaterThan(CorpusCase.All.Count / 2 - 1);
    }

    [Test]
    public void Corpus_ForEveryRule_HasCasesThatItFinds()
    {
        string[] expected = [.. CorpusCase.All.SelectMany(tested => tested.Expected).Select(finding => finding.Split(' ')[1]).Distinct()];

        expected.Should().BeEquivalentTo(SqlLint.Rules.Select(rule => rule.Id));
    }

    // The control: the harmless half of the corpus is no easy one.
    [Test]
    public void NaiveSearch_OverTheCorpus_HasManyFalseAlarms()
    {
        int falseAlarms = CorpusCase.All.Count(tested => tested.IsHarmless && tested.Scripts.Any(script => NaiveLint.Finds(script.Text)));

        TestContext.Out.WriteLine($"A search for words finds something in {falseAlarms} of {CorpusCase.All.Count(tested => tested.IsHarmless)} harmless cases.");
        falseAlarms.Should().BeGreaterThan(50);
    }

    // Whoever reads a finding needs all of it.
    [Test]
    public void Check_EachFinding_SaysWhatAndWhyAndHow()
    {
        SqlFinding[] findings = [.. CorpusCase.All.SelectMany(Check)];

        findings.Should().NotBeEmpty().And.AllSatisfy(finding =>
        {
            finding.What.Should().EndWith(".").And.NotContain("\n");
            finding.ToString().Should().StartWith($"{finding.FileName}:{finding.Line}: ").And.Contain(finding.Rule.Why).And.Contain(finding.Rule.Instead);
        });
    }
}
