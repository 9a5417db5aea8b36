using System.Globalization;
using System.IO.Compression;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Lambda.Code;

/// <summary>What AWS takes as a function's code (docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).</summary>
internal static class CodeLimits
{
    private const long Megabyte = 1024 * 1024;
    private const long MostZipped = 50 * Megabyte;
    private const long MostUnzipped = 250 * Megabyte;
    private const int LongestLink = 4096;
    private const int Link = 0xA000;
    private const int Kinds = 0xF000;

    /// <exception cref="DeploymentException">It is too long to be uploaded.</exception>
    public static void Zipped(string what, long length)
    {
        if (length > MostZipped)
        {
            throw new DeploymentException(string.Create(CultureInfo.InvariantCulture, $"The zip of {Naming.Printable(what)} has {(double)length / Megabyte:0.0} MB, and AWS takes {MostZipped / Megabyte} MB in a call. Put it into a bucket and name that: LambdaCode.S3."));
        }
    }

    /// <summary>The same length.</summary>
    /// <exception cref="DeploymentException">It is too long to be unpacked.</exception>
    public static long Unzipped(string what, long length) => length <= MostUnzipped ? length
        : throw new DeploymentException($"{Naming.Printable(what)} has more than {MostUnzipped / Megabyte} MB when it is unpacked, which AWS refuses. Leave out what isn't needed, or make an image of it.");

    /// <summary>Looks through a zip that somebody else made.</summary>
    /// <exception cref="DeploymentException">It is none, or can't be a function's code.</exception>
    public static void Check(string path)
    {
        try
        {
            using ZipArchive zip = ZipFile.OpenRead(path);
            long unzipped = 0;
            CodeLinks links = LinksOf(zip, path);
            foreach (ZipArchiveEntry entry in zip.Entries)
            {
                unzipped = Unzipped(path, unzipped + entry.Length);
                string name = entry.FullName.TrimEnd('/');
                Refuse(path, ProblemOf(name) ?? (links.IsBehind(name) ? $"'{Naming.Printable(name)}' lies behind a link." : null));
            }

            Refuse(path, links.Problem());
        }
        catch (InvalidDataException error)
        {
            throw new DeploymentException($"{Naming.Printable(path)} is no zip that can be read: {Naming.Printable(error.Message)}", error);
        }
    }

    private static CodeLinks LinksOf(ZipArchive zip, string path)
    {
        var links = new CodeLinks();
        foreach (ZipArchiveEntry entry in zip.Entries.Where(entry => ((entry.ExternalAttributes >> 16) & Kinds) == Link))
        {
            Refuse(path, entry.Length > LongestLink ? $"the link '{Naming.Printable(entry.FullName)}' is longer than a path can be." : null);
            using var target = new StreamReader(entry.Open());
            links.Add(entry.FullName, target.ReadToEnd());
        }

        return links;
    }

    private static void Refuse(string path, string? problem)
    {
        if (problem is not null)
        {
            throw new DeploymentException($"{Naming.Printable(path)} can't be a function's code: {problem}");
        }
    }

    /// <summary>Null when a file may have this name in a zip, else one sentence.</summary>
    public static string? ProblemOf(string name) =>
        name.Length == 0 || name.StartsWith('/') || name.Split('/').Any(part => part is "" or "." or "..") ? $"the path '{Naming.Printable(name)}' is absolute or has an empty part, '.' or '..' in it."
        : name.Any(c => char.IsControl(c) || c is '\\' or '\uFFFD') ? $"the name '{Naming.Printable(name)}' has a backslash or a control character in it, or is no valid UTF-8."
        : null;
}
