import fc from 'fast-check';
import {
  type Answers,
  type AnswerValue,
  type Question,
  type Questionnaire,
  reachable,
} from '#shared/survey/questionnaire.ts';
import { currentQuestionnaire } from '#shared/survey/questionnaires.ts';

/** What can be answered to a question. */
function possible(question: Question): fc.Arbitrary<AnswerValue> {
  switch (question.kind) {
    case 'single':
      return fc.constantFrom(...question.options.map(({ code }) => code));
    case 'multiple':
      return fc.subarray(
        question.options.map(({ code }) => code),
        { minLength: 1, maxLength: question.most },
      );
    case 'number':
      return fc.integer({ min: question.minimum, max: question.maximum });
    case 'scale':
      return fc.integer({ min: 1, max: 5 });
    case 'text':
      return fc.stringMatching(/^[A-Za-z][A-Za-z ,.]{0,400}$/);
  }
}

/** Complete answers to a questionnaire, by any way through it. */
export function completeAnswers(questionnaire: Questionnaire): fc.Arbitrary<Answers> {
  const each = questionnaire.questions.map((question) => fc.tuple(possible(question), fc.boolean()));
  return fc.tuple(...each).map((chosen) => {
    const answers = new Map<string, AnswerValue>();
    for (const [index, question] of questionnaire.questions.entries()) {
      const [value, isLeftOut] = chosen[index] ?? [];
      const isShown = reachable(questionnaire, answers).includes(question);
      if (value !== undefined && isShown && !(question.optional && isLeftOut)) answers.set(question.id, value);
    }
    return answers;
  });
}

/** What is asked in the first survey. */
export function firstQuestionnaire(): Questionnaire {
  const questionnaire = currentQuestionnaire(1);
  if (!questionnaire) throw new Error('There is a first survey');
  return questionnaire;
}

/** Complete answers, the same for the same seed. */
export function someAnswers(questionnaire: Questionnaire, seed = 1): Answers {
  const [answers] = fc.sample(completeAnswers(questionnaire), { seed, numRuns: 1 });
  if (!answers) throw new Error('One sample was asked for');
  return answers;
}
