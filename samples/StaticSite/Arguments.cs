namespace StaticSite;

/// <summary>What the sample is told.</summary>
/// <param name="Bucket">A bucket that stands.</param>
/// <param name="Version">The release's version; of one before for the way back.</param>
/// <param name="Folder">What is served; null for the way back.</param>
/// <param name="Distribution">The distribution in front of the bucket; null for none.</param>
/// <param name="PlanOnly">Whether nothing is changed.</param>
internal sealed record Arguments(string Bucket, string Version, string? Folder, string? Distribution, bool PlanOnly)
{
    public const string Usage = """
        Serves a folder from an S3 bucket, below its prefix 'www/':
          StaticSite BUCKET VERSION FOLDER [--distribution ID] [--plan]
          StaticSite BUCKET VERSION --back [--distribution ID] [--plan]

        With a CloudFront distribution each release has a prefix of its own, and the distribution switches between them; without one the site is changed where
        it lies. Account and region are those that the aws tool has; AWS_ENDPOINT_URL names an emulator. --plan prints the runbook, with the files that would
        change, and changes nothing. --back serves an earlier release again, from what is kept of it.
        """;

    /// <summary>Null where they can't be understood.</summary>
    public static Arguments? Parse(string[] arguments)
    {
        List<string> words = [.. arguments];
        bool planOnly = words.Remove("--plan");
        bool isBack = words.Remove("--back");
        string? distribution = null;
        if (words.IndexOf("--distribution") is >= 0 and var option)
        {
            if (option == words.Count - 1)
            {
                return null;
            }

            distribution = words[option + 1];
            words.RemoveRange(option, 2);
        }

        return words.Count == (isBack ? 2 : 3) && !words.Exists(word => word.StartsWith('-')) ? new Arguments(words[0], words[1], isBack ? null : words[2], distribution, planOnly) : null;
    }
}
