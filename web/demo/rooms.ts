/** What was said in the demo's rooms until the page is opened. */
import { anna, chulsoo, doyun, harin, head, lars, ME, mina, minsu, teacher, tom } from './people';
import type { Person } from '../src/connection/wire';

export interface Line {
  /** Days before the day on which the page is opened, and the time in Korea. */
  readonly ago: number;
  readonly time: string;
  readonly from: Person | typeof ME;
  readonly text: string;
  /** The line that this one answers: its place among those told here. */
  readonly reply?: number;
}

export interface Told {
  readonly name: string;
  readonly key?: string;
  readonly people: readonly Person[];
  readonly lines: readonly Line[];
  /** What is said day in, day out: fills the weeks before. */
  readonly chatter: readonly string[];
  /** What the others say when somebody has written. */
  readonly answers: readonly string[];
}

const said = (
  ago: number,
  time: string,
  from: Line['from'],
  text: string,
  reply?: number,
): Line => ({ ago, time, from, text, ...(reply === undefined ? {} : { reply }) });

const boat: Told = {
  name: 'Sea Breeze',
  people: [tom, mina, lars],
  lines: [
    said(2, '09:12', tom, 'Weather window from Thursday noon. Wind 4–5 from the south-west.'),
    said(2, '09:15', mina, 'Then I will do the engine oil tomorrow. Who has the big funnel?'),
    said(2, '09:16', lars, 'Port locker, behind the fenders 😄'),
    said(
      2,
      '20:31',
      tom,
      'Bilge pump test:\n```\nfuse 3   15 A  ok\nfloat    stuck, cleaned\npump     40 l/min\n```',
    ),
    said(1, '08:05', mina, 'Oil is done. Please do not start before I have checked the filter.'),
    said(1, '08:40', tom, '👍', 4),
    said(
      1,
      '12:22',
      lars,
      'Chart corrections, to read ashore: https://example.org/notices/2026-19',
    ),
    said(
      0,
      '07:58',
      tom,
      'Good morning! The plan:\n1. Water and bread by 11\n2. Cast off at 12:30\n3. Anchor before dark in the north bay',
    ),
    said(0, '08:03', ME, 'I can get the bread. How many loaves?', 7),
    said(0, '08:04', mina, 'Four. And coffee, the list says `coffee: 0`', 8),
    said(0, '08:04', mina, 'Please 🙏'),
    said(0, '11:02', ME, 'Bread, coffee, and a surprise 🍰'),
    said(0, '11:03', lars, '🎉🎉🎉'),
    said(
      0,
      '17:20',
      lars,
      [
        'For those who slept through it, the story of the dolphins.',
        'We were half an hour out when Mina saw the first fin, and then there were nine of them, and then nobody counted any more. They stayed under the bow for the whole length of the island, turning on their sides to look up at us, and whenever somebody whistled they came closer.',
        'Tom says they do it for the pressure wave. Mina says they do it because they are bored and we are funny. I have asked them and they did not answer, but the smallest one splashed me twice, and only me.',
        'At the lighthouse they left all at once, as if somebody had called them for supper. The sea was very flat afterwards and nobody said anything for a while.',
        'I have it on film if anyone wants to see it when the phone is charged again. It is eleven minutes long and for nine of them you can see only my thumb.',
        'Before anybody asks: yes, I was clipped on, and no, I was not leaning out further than on other days. The foredeck was dry. I have the bruise from the cleat and not from the dolphins, whatever the captain has written into the log about it.',
        'If we stay until Saturday I would like to take the dinghy back to the lighthouse in the early morning, with the engine off, and wait there. Two can come along. Bring something to sit on and nothing that rustles.',
        'The weather will hold, the barometer has not moved since noon, and the moon comes up late, so there will be stars. Whoever has the second watch should look to the east around eleven.',
        'Also: the blue towel is no longer with us.',
      ].join('\n\n'),
    ),
    said(
      0,
      '17:55',
      tom,
      'Anchor is down. First watch is mine.\n```\ndepth  12 m, sand\nchain  50 m\nwind   SW 4\n```',
    ),
    said(0, '18:36', mina, '@Jiu can you take the second watch, 22 to 24?'),
    said(0, '18:38', ME, 'Yes. I will put the kettle on at half past nine.', 15),
    said(0, '18:40', mina, '❤️'),
    said(0, '18:41', tom, 'Good night to those who sleep. The log of the day lies in the cabin.'),
  ],
  chatter: [
    'Batteries at 12.6 V this morning.',
    'Who had the blue bucket last?',
    'It is in the cockpit, under the cushions.',
    'Swell from the west, we roll a little.',
    'Lunch in ten minutes 🍲',
    'Dinghy is tied up, oars are inside.',
    'Forecast says south-west 3, fair.',
    'I found the torch!',
    'Water tank: two thirds.',
    'Reef taken in, all quiet now.',
  ],
  answers: ['Aye!', 'Good idea.', 'I am on deck, will look in a minute.', '👍'],
};

const hall: Told = {
  name: '마을회관',
  people: [head, chulsoo, minsu, anna],
  lines: [
    said(2, '10:05', head, '모레 아침 7시에 마을 청소를 합니다. 장갑과 집게는 회관에 있어요.'),
    said(2, '10:12', chulsoo, '네, 트럭은 제가 가져갈게요.'),
    said(2, '10:13', anna, 'I will be there too. 저도 갈게요!'),
    said(1, '19:40', minsu, '내일 비 온다는데 괜찮을까요? ☔'),
    said(1, '19:52', head, '오후부터라고 합니다. 예정대로 해요.', 3),
    said(0, '09:10', head, '청소 끝! 다들 고생 많으셨습니다 👏👏'),
    said(0, '09:14', anna, 'Thank you for the breakfast! 잘 먹었습니다 😊'),
    said(0, '15:02', head, '버스 시간표가 바뀌었습니다: https://example.org/bus'),
    said(
      0,
      '17:20',
      minsu,
      [
        '오늘 모닥불 순서를 정리해 봤습니다.',
        '7시에 모여서 장작을 옮기고, 7시 반에 불을 붙입니다. 불은 철수 아저씨가 맡아 주시고, 물통 두 개는 저와 하린이가 미리 채워 둘게요. 바람이 세면 뒷마당으로 옮깁니다.',
        '먹을 것은 각자 한 가지씩 가져오시면 됩니다. 지금까지 고구마, 옥수수, 김밥, 수박이 있고, 매운 것은 없으니 떡볶이를 해 오실 분을 찾습니다.',
        '노래는 지우가 기타를 가져오면 8시부터 시작하고, 9시 반에는 아이들을 집에 데려다줍니다. 10시에 불을 끄고, 재는 내일 아침에 치웁니다.',
        '담요가 모자라니 집에 있는 것을 하나씩 챙겨 주세요.',
        '가져오실 것:\n- 담요\n- 손전등\n- 컵\n- 방석\n- 모기향\n- 우산\n- 물\n- 김치\n- 과일\n- 쓰레기봉투',
      ].join('\n\n'),
    ),
    said(
      0,
      '18:05',
      chulsoo,
      '물탱크 점검표입니다.\n```\n수위   82 %\n펌프   정상\n염소   0.3 mg/L\n```',
    ),
    said(0, '18:06', ME, '감사합니다! 저녁에 다시 확인할게요.', 9),
    said(0, '18:20', minsu, '@지우 오늘 저녁에 기타 가져올 수 있어?'),
    said(0, '18:21', ME, '응, 7시까지 갈게 🎸', 11),
    said(0, '18:22', minsu, '👍'),
    said(0, '18:41', head, '모닥불은 7시 반에 시작합니다. 담요 꼭 챙기세요.'),
  ],
  chatter: [
    '오늘 회관에 누가 계신가요?',
    '네, 저 있습니다.',
    '고구마가 많이 남았어요. 가져가세요 🍠',
    '내일 아침 안개가 짙답니다.',
    '트랙터 좀 빌릴 수 있을까요?',
    '그럼요, 열쇠는 회관에 있습니다.',
    '감사합니다!',
    '고양이 보신 분 계세요?',
    '우물가에 있어요 🐈',
    '저녁에 윷놀이 합시다.',
  ],
  answers: ['네, 알겠습니다!', '좋아요 👍', '회관에서 만나요.', '감사합니다 😊'],
};

const classroom: Told = {
  name: '3학년 2반',
  people: [teacher, harin, doyun],
  lines: [
    said(1, '15:30', teacher, '내일 준비물: 색종이, 풀, 가위.'),
    said(1, '15:31', harin, '풀은 딱풀도 되나요?', 0),
    said(1, '15:33', teacher, '네, 됩니다.', 1),
    said(0, '14:05', doyun, '선생님 숙제 몇 쪽까지예요?'),
    said(0, '14:06', teacher, '24쪽까지입니다. 다음 주 월요일까지 내세요.', 3),
    said(0, '14:07', harin, '감사합니다!'),
  ],
  chatter: ['안녕하세요!', '오늘 급식 뭐예요?', '비빔밥이요 🍚', '체육복 가져오세요.'],
  answers: ['네!', '잘했어요 👏'],
};

const kitchen: Told = {
  name: 'Kitchen committee',
  key: 'sesame',
  people: [anna],
  lines: [said(0, '16:12', anna, 'Nobody tells the captain about the cake.')],
  chatter: [],
  answers: ['Psst!'],
};

const board: Told = { name: 'Lost and found', people: [], lines: [], chatter: [], answers: [] };

export const ROOMS: readonly Told[] = [boat, hall, classroom, kitchen, board];
