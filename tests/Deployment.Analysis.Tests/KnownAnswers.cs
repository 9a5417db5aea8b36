using System.Text.Json;

namespace Deployment.Analysis.Tests;

/// <summary>What R says; see Data/README.md.</summary>
internal sealed record KnownAnswers(IReadOnlyList<KnownAnswers.ShiftCase> MannWhitney, IReadOnlyList<KnownAnswers.TableCase> Fisher, IReadOnlyList<KnownAnswers.OutlierCase> Outliers)
{
    internal static KnownAnswers Read { get; } = JsonSerializer.Deserialize<KnownAnswers>(
        File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "Data", "known-answers.json")),
        JsonSerializerOptions.Web)!;

    internal sealed record ShiftCase(string Name, double[] X, double[] Y, double U, double PValue, double Estimate, double RootEstimate, double Lower, double Upper, double CommonLanguage, string Label)
    {
        public override string ToString() => Name;
    }

    internal sealed record TableCase(int CandidateBad, int Candidate, int BaselineBad, int Baseline, double PValue);

    internal sealed record OutlierCase(double[] Values, double[] Kept);
}
