using System.Collections.Immutable;
using System.Globalization;
using Deployment.Providers.Aws.Lambda.Calls;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda.Versions;

/// <summary>Which versions an alias sends which share of its requests to, in percent.</summary>
/// <param name="Shares">Version to share; empty where something is wrong.</param>
/// <param name="Problem">What is wrong with it, as a sentence; null where nothing is.</param>
internal sealed record AliasShares(ImmutableSortedDictionary<int, int> Shares, string? Problem)
{
    public static AliasShares None { get; } = new(ImmutableSortedDictionary<int, int>.Empty, null);

    public static AliasShares Of(AliasConfiguration? alias)
    {
        if (alias is null)
        {
            return None;
        }

        if (alias.FunctionVersion == FunctionConfiguration.Latest)
        {
            return None with { Problem = $"The alias {Naming.Printable(alias.Name ?? "")} points at {FunctionConfiguration.Latest}, which changes under its users and can't share traffic. Publish a version and point it there: aws lambda publish-version, then aws lambda update-alias --function-version." };
        }

        int left = 100;
        var shares = ImmutableSortedDictionary.CreateBuilder<int, int>();
        foreach ((string version, double weight) in alias.RoutingConfig?.AdditionalVersionWeights ?? [])
        {
            double percent = weight * 100;
            int whole = (int)Math.Round(percent);
            if (!TryNumber(version, out int number) || percent is not (>= 0 and <= 100) || Math.Abs(percent - whole) > 1e-6)
            {
                return None with { Problem = string.Create(CultureInfo.InvariantCulture, $"The alias {Naming.Printable(alias.Name ?? "")} gives version {Naming.Printable(version)} {percent:0.####}% of its traffic; whole percents of numbered versions can be deployed to. Take its weights away: aws lambda update-alias --routing-config AdditionalVersionWeights={{}}.") };
            }

            left -= whole;
            shares[number] = whole;
        }

        if (!TryNumber(alias.FunctionVersion, out int first) || left < 0)
        {
            return None with { Problem = $"The alias {Naming.Printable(alias.Name ?? "")} points at '{Naming.Printable(alias.FunctionVersion ?? "")}' with {left}%, which can't be understood." };
        }

        shares[first] = shares.GetValueOrDefault(first) + left;
        return new AliasShares(shares.Where(share => share.Value > 0).ToImmutableSortedDictionary(), null);
    }

    public static bool TryNumber(string? text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}
