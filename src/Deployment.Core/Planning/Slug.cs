using System.Text;

namespace Deployment.Planning;

/// <summary>Makes a part of a step's id from its title: lower-case letters, digits, '.', '_' and single dashes.</summary>
internal static class Slug
{
    internal static string Of(string title)
    {
        var slug = new StringBuilder(title.Length);
        foreach (char c in title)
        {
            if (char.IsAsciiLetterOrDigit(c) || c is '.' or '_')
            {
                slug.Append(char.ToLowerInvariant(c));
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        string text = slug.ToString().Trim('-', '.');
        return text.Length > 0 ? text : "step";
    }
}
